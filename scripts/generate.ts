import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { jsonSchemaOf } from '../src/config/schema/json-schema.ts';
import { withReferences } from './configuration-reference.ts';
import { deploymentFiles } from './deployment-files.ts';
import { messagesDocument } from './messages-document.ts';

/**
 * Writes what is made from the code: `schema/*.json`, the tables of `docs/configuration.md`, `docs/messages.md`,
 * and `deploy/kubernetes/`. Tests say when they are stale.
 */
const schemas = new URL('../schema/', import.meta.url);
mkdirSync(schemas, { recursive: true });
for (const kind of ['config', 'job', 'dashboard'] as const) {
  writeFileSync(new URL(`${kind}.json`, schemas), `${JSON.stringify(jsonSchemaOf(kind), undefined, 2)}\n`);
}

const document = new URL('../docs/configuration.md', import.meta.url);
writeFileSync(document, withReferences(readFileSync(document, 'utf8')));

writeFileSync(new URL('../docs/messages.md', import.meta.url), messagesDocument());

const deployment = new URL('../deploy/kubernetes/', import.meta.url);
rmSync(deployment, { recursive: true, force: true });
mkdirSync(deployment, { recursive: true });
for (const { name, text } of deploymentFiles()) writeFileSync(new URL(name, deployment), text);
