import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { deploymentFiles } from '../../scripts/deployment-files.ts';
import { mistakesOf } from './kubernetes-api.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const FOLDER = join(ROOT, 'deploy/kubernetes');
const read = (name: string) => readFileSync(join(FOLDER, name), 'utf8');

describe('deploy/kubernetes', () => {
  test('is what npm run generate makes of the shipped jobs', () => {
    const committed = Object.fromEntries(readdirSync(FOLDER).map((name) => [name, read(name)]));
    const files = deploymentFiles().map(({ name, text }) => [name, text]);
    expect(committed).toEqual(Object.fromEntries(files));
  });

  test('is a base of Kustomize that names all of it but the example of the Secret', () => {
    const { resources } = parse(read('kustomization.yaml'));
    const others = readdirSync(FOLDER).filter((name) => !resources.includes(name));
    expect(others.toSorted()).toEqual(['kustomization.yaml', 'pp-db-collector-secret.example.yaml']);
    for (const name of resources)
      for (const document of parseAllDocuments(read(name))) expect(mistakesOf(document.toJS())).toEqual([]);
  });

  test('has every shipped job, and asks for all of their tokens', () => {
    const jobs = readdirSync(join(ROOT, 'collectors'));
    const { data } = parse(read('config-map.yaml'));
    expect(Object.keys(data)).toEqual(['config.yaml', ...jobs.map((name) => `collectors.${name}`)]);
    const tokens = jobs.flatMap((name) =>
      Array.from(
        data[`collectors.${name}`].matchAll(/token: \$\{(\w+)\}/g),
        ([, token]: RegExpMatchArray) => token,
      ),
    );
    expect(tokens).toHaveLength(jobs.length);
    const { stringData } = parse(read('pp-db-collector-secret.example.yaml'));
    expect(Object.keys(stringData)).toEqual([...tokens, 'BENEFITS_DATABASE_URL', 'STATUS_TOKEN'].toSorted());
  });
});
