import { nearestName } from '../config/nearest-name.ts';
import { jsonSchemaOf } from '../config/schema/json-schema.ts';
import { EXIT, type ExitCode, UsageError } from './shell/exit-codes.ts';
import { jsonText } from './shell/json.ts';
import type { Terminal } from './shell/terminal.ts';

/** `schema`: the JSON Schema of a configuration file, for editors. */
export async function schema(file: string, terminal: Terminal): Promise<ExitCode> {
  if (file !== 'config' && file !== 'job') {
    const nearest = nearestName(file, ['config', 'job']);
    throw new UsageError(
      `there is no schema ${JSON.stringify(file)}`,
      nearest === undefined ? 'Name config or job.' : `Did you mean ${nearest}?`,
    );
  }
  await terminal.print(jsonText(jsonSchemaOf(file)));
  return EXIT.success;
}
