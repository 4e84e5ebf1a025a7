import type { z } from 'zod';
import type { ModuleKind, NumberFormat } from '../../model/dashboard.ts';
import { MODULE_KINDS, slugOf } from '../../model/module-kinds.ts';
import { complain, isMapping } from './complain.ts';

/** A check may meet what the schema has refused: nothing is certain but that it is a mapping. */
type Keys = Readonly<Record<string, unknown>>;

const OF_EVERY_MODULE = [
  ...['measure', 'type', 'slug', 'title', 'description', 'about', 'data_set', 'filter_by'],
  ...['period', 'start_at', 'duration', 'format'],
];
const OF_SECTIONS = ['type', 'slug', 'title', 'description', 'modules'];

/** The rules between the keys of a module: its kind has some, needs some of them, and takes no others. */
export function checkModule(module: Keys, context: z.RefinementCtx): void {
  const { measure, type } = module;
  if (measure === undefined && type === undefined) {
    complain(context, ['type'], {
      code: 'missing-key',
      expected: 'measure or type',
      got: 'neither',
      suggestion: `measures are ${kindsText(true)}; types are ${kindsText(false)} and section`,
    });
    return;
  }
  if (measure !== undefined && type !== undefined) {
    const [expected, got] = ['either measure or type', 'type beside measure'];
    complain(context, ['type'], { code: 'contradiction', expected, got, atKey: true });
    return;
  }
  if (type === 'section') {
    requireKeys(module, 'a section', ['title', 'modules'], context);
    refuseOthers(module, 'a section', OF_SECTIONS, context);
    return;
  }
  const kind = (measure ?? type) as ModuleKind;
  requireKeys(module, kind, MODULE_KINDS[kind].needs, context);
  refuseOthers(module, kind, keysOf(kind), context);
  checkValue(module, context);
}

const keysOf = (kind: ModuleKind): readonly string[] => [
  ...OF_EVERY_MODULE,
  ...MODULE_KINDS[kind].needs,
  ...MODULE_KINDS[kind].takes,
];

const kindsText = (areMeasures: boolean): string =>
  Object.entries(MODULE_KINDS)
    .filter(([, { title }]) => (title !== undefined) === areMeasures)
    .map(([kind]) => kind)
    .join(', ');

function requireKeys(module: Keys, kind: string, needs: readonly string[], context: z.RefinementCtx): void {
  for (const key of needs) {
    if (module[key] !== undefined) continue;
    complain(context, [key], {
      code: 'missing-key',
      expected: `${key}, which ${kind} needs`,
      got: 'nothing',
    });
  }
}

/** Of a key that no kind has, the schema tells. */
function refuseOthers(module: Keys, kind: string, known: readonly string[], context: z.RefinementCtx): void {
  for (const key of Object.keys(module)) {
    if (module[key] === undefined || known.includes(key)) continue;
    const takers = [
      ...(Object.keys(MODULE_KINDS) as ModuleKind[]).filter((each) => keysOf(each).includes(key)),
      ...(OF_SECTIONS.includes(key) ? ['section'] : []),
    ];
    if (takers.length === 0) continue;
    const suggestion = OF_EVERY_MODULE.includes(key)
      ? 'write it in each of its modules'
      : `it belongs to ${takers.join(', ')}`;
    const [expected, got] = [`no ${key} in ${kind}`, 'one'];
    complain(context, [key], { code: 'contradiction', expected, got, suggestion, atKey: true });
  }
}

/** Where what is added up is named elsewhere, `value` would mean nothing. */
function checkValue(module: Keys, context: z.RefinementCtx): void {
  const contradict = (key: string, expected: string, got: string) =>
    complain(context, [key], { code: 'contradiction', expected, got, atKey: true });
  const { value, collect, cost, transactions, cost_in, group_by, ratings, show } = module;
  if (collect === 'count' && value !== undefined)
    contradict('value', 'no value beside collect: count, which counts records', 'value');
  if (collect === 'mean' && (show === 'stacked' || show === 'share'))
    contradict('show', 'show: lines beside collect: mean, as means do not add up', JSON.stringify(show));
  if ((cost === undefined) !== (transactions === undefined)) {
    const [there, missing] = cost === undefined ? ['transactions', 'cost'] : ['cost', 'transactions'];
    complain(context, [missing], {
      code: 'missing-key',
      expected: `${missing} beside ${there}`,
      got: 'nothing',
    });
  }
  if (cost_in !== undefined && cost === undefined)
    contradict('cost_in', 'cost_in only beside cost', 'no cost');
  if (Array.isArray(ratings) && value !== undefined)
    contradict('value', 'no value beside ratings that are fields', 'value');
  const isSame = typeof group_by === 'string' && collect !== 'count' && group_by === (value ?? 'count');
  if (isSame) contradict('group_by', 'a field other than value', JSON.stringify(group_by));
}

const FORMAT_KEYS: Readonly<Record<NumberFormat['type'], readonly string[]>> = {
  number: ['significant_digits', 'decimals', 'magnitude'],
  integer: [],
  percent: ['decimals'],
  currency: ['symbol', 'pence', 'magnitude'],
  duration: ['unit', 'significant_digits'],
};

/** Of the keys of a format each type has its own. */
export function checkFormat({ type, ...keys }: Keys, context: z.RefinementCtx): void {
  const own = FORMAT_KEYS[type as NumberFormat['type']];
  for (const [key, value] of Object.entries(keys)) {
    if (value === undefined || own === undefined || own.includes(key)) continue;
    if (!Object.values(FORMAT_KEYS).flat().includes(key)) continue;
    const expected =
      own.length === 0 ? `no key beside type: ${type}` : `${own.join(' or ')} beside type: ${type}`;
    complain(context, [key], { code: 'contradiction', expected, got: key, atKey: true });
  }
  if (keys.decimals === undefined || keys.significant_digits === undefined) return;
  const [expected, got] = ['either significant_digits or decimals', 'decimals beside significant_digits'];
  complain(context, ['decimals'], { code: 'contradiction', expected, got, atKey: true });
}

/** Each module and each section has an address of its own. */
export function checkSlugs({ modules }: Keys, context: z.RefinementCtx): void {
  const seen = new Set<string>();
  for (const [index, part] of listOf(modules).entries()) {
    checkSlug(part, ['modules', index], seen, context);
    for (const [inner, module] of listOf(part.modules).entries())
      checkSlug(module, ['modules', index, 'modules', inner], seen, context);
  }
}

const listOf = (value: unknown): readonly Keys[] => (Array.isArray(value) ? value.filter(isMapping) : []);

function checkSlug(
  module: Keys,
  path: readonly (string | number)[],
  seen: Set<string>,
  context: z.RefinementCtx,
): void {
  const { slug, title, measure } = module;
  const given = [slug, title, measure].find((each) => typeof each === 'string');
  if (typeof given !== 'string') return;
  const key = given === slug ? 'slug' : given === title ? 'title' : 'measure';
  const address = key === 'slug' ? given : slugOf(given);
  if (address === '') {
    const expected = 'a slug, because the title has no letters a to z and no digits';
    complain(context, [...path, 'slug'], { code: 'missing-key', expected, got: 'nothing' });
  } else if (seen.has(address)) {
    complain(context, [...path, key], {
      code: 'contradiction',
      expected: 'a module with an address of its own',
      got: `a second ${JSON.stringify(address)}`,
      ...(key === 'slug' ? {} : { suggestion: 'give one of the two a slug' }),
    });
  }
  seen.add(address);
}
