import type { QuotedPlace, WrittenQuery } from '../model/query.ts';
import type { Place } from './finding.ts';
import { excerptOf, maskedProblems, problemOf } from './problem.ts';
import { PlacesInText } from './yaml/places-in-text.ts';
import { keyPlace, type Tree, textAt } from './yaml/tree.ts';

/** Where things of a job stand in its files, for what is found out after these were read. */
export interface JobPlaces {
  readonly query: WrittenQuery | undefined;
  /** `collectors/visits.yaml:12:3`, of `record.id`; undefined: it is left out. */
  readonly id: string | undefined;
  /** Of `expect.change.measure`; undefined: it is left out. */
  readonly measure: string | undefined;
}

/** @param secrets those of all files, filled in until the last is read */
export function jobPlaces(tree: Tree, secrets: Iterable<string>): JobPlaces {
  const text = textAt(tree, 'query');
  const id = keyPlace(tree, ['record', 'id']);
  const measure = keyPlace(tree, ['expect', 'change', 'measure']);
  return {
    query: text && new QueryInFile(text, keyPlace(tree, ['query']) ?? text.place, secrets),
    id: id && positionText(id),
    measure: measure && positionText(measure),
  };
}

type QueryText = NonNullable<ReturnType<typeof textAt>>;

/** A query as its YAML, or a file of its own, has it. */
class QueryInFile implements WrittenQuery {
  readonly #text: QueryText;
  readonly #key: Place;
  readonly #secrets: Iterable<string>;

  constructor(text: QueryText, key: Place, secrets: Iterable<string>) {
    this.#text = text;
    this.#key = key;
    this.#secrets = secrets;
  }

  get place(): string {
    return positionText(this.#key);
  }

  quote(start: number, end: number): QuotedPlace | undefined {
    const place = new PlacesInText(this.#text).find(start, end);
    return place && { place: positionText(place), excerpt: excerptAt(place, this.#secrets) };
  }
}

function positionText({ file, start }: Place): string {
  const { line, column } = file.position(start);
  return `${file.shown}:${line}:${column}`;
}

/** The line with carets below it. */
function excerptAt(place: Place, secrets: Iterable<string>): readonly string[] {
  const problem = problemOf({ place, path: [], complaint: { code: 'wrong-value', message: '' } });
  const [masked = problem] = maskedProblems([problem], secrets);
  return excerptOf({ ...masked, excerpt: masked.excerpt.slice(-1) });
}
