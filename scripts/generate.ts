import { mkdirSync, writeFileSync } from 'node:fs';
import { jsonSchemaOf } from '../src/config/json-schema.ts';

/** Writes the files that are made from the code: `schema/*.json`. A test says when they are stale. */
const folder = new URL('../schema/', import.meta.url);
mkdirSync(folder, { recursive: true });
for (const kind of ['config', 'job'] as const) {
  writeFileSync(new URL(`${kind}.json`, folder), `${JSON.stringify(jsonSchemaOf(kind), undefined, 2)}\n`);
}
