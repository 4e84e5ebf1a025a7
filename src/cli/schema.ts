import { nearestName } from '../config/nearest-name.ts';
import { jsonSchemaOf } from '../config/schema/json-schema.ts';
import { EXIT, type ExitCode, UsageError } from './shell/exit-codes.ts';
import { jsonText } from './shell/json.ts';
import type { Terminal } from './shell/terminal.ts';

const FILES = ['config', 'job', 'dashboard'] as const;

/** `schema`: the JSON Schema of a configuration file, for editors. */
export async function schema(file: string, terminal: Terminal): Promise<ExitCode> {
  const kind = FILES.find((each) => each === file);
  if (kind === undefined) {
    const nearest = nearestName(file, FILES);
    throw new UsageError(
      `there is no schema ${JSON.stringify(file)}`,
      nearest === undefined ? 'Name config, job or dashboard.' : `Did you mean ${nearest}?`,
    );
  }
  await terminal.print(jsonText(jsonSchemaOf(kind)));
  return EXIT.success;
}
