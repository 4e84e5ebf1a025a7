import { MODES, type Mode } from '../../model/mode.ts';
import { duration } from '../schema/values.ts';
import { type Tree, treeAt } from '../yaml/tree.ts';
import { PARAMETER_NAME, TIMEZONE, UNTIL } from './cursor.ts';
import { WINDOW_PARAMETERS } from './window-bounds.ts';

/** What a job's mode means for its query. */
export type QueryMode =
  | { readonly kind: Exclude<Mode, 'window' | 'cursor'> }
  | {
      readonly kind: 'window';
      /** Whether rows outside of the window are meant to be sent. */
      readonly allowsOutside: boolean;
    }
  | {
      readonly kind: 'cursor';
      readonly columns: readonly string[];
      /** Undefined when a mistake in it leaves that open. */
      readonly hasLag: boolean | undefined;
    };

/** The parameters that are bound for the query of a job. */
export function parametersOf(mode: QueryMode): readonly string[] {
  switch (mode.kind) {
    case 'window':
      return [...WINDOW_PARAMETERS, TIMEZONE];
    case 'cursor':
      return [...mode.columns, ...(mode.hasLag === false ? [] : [UNTIL]), TIMEZONE];
    case 'snapshot':
      return [TIMEZONE];
  }
}

/**
 * The mode of a job file, however wrong the rest of it is; undefined when it has none, several, or a cursor without
 * sound columns.
 */
export function queryModeOf(tree: Tree): QueryMode | undefined {
  const [kind, ...others] = MODES.filter((mode) => treeAt(tree, [mode]) !== undefined);
  return kind === undefined || others.length > 0 ? undefined : QUERY_MODES[kind](tree);
}

const QUERY_MODES: Readonly<Record<Mode, (tree: Tree) => QueryMode | undefined>> = {
  window: (tree) => ({ kind: 'window', allowsOutside: allowsOutside(tree) }),
  cursor: cursorMode,
  snapshot: () => ({ kind: 'snapshot' }),
};

/** A mistake in the setting is told by itself. */
function allowsOutside(tree: Tree): boolean {
  const setting = treeAt(tree, ['window', 'allow_outside']);
  return setting !== undefined && !(setting.kind === 'scalar' && setting.value === false);
}

function cursorMode(tree: Tree): QueryMode | undefined {
  const columns = cursorColumns(tree);
  return columns === undefined ? undefined : { kind: 'cursor', columns, hasLag: hasLag(tree) };
}

function cursorColumns(tree: Tree): string[] | undefined {
  const list = treeAt(tree, ['cursor', 'columns']);
  if (list?.kind !== 'list' || list.items.length === 0) return undefined;
  const names = list.items.flatMap((item) =>
    item.kind === 'scalar' &&
    item.reported !== true &&
    typeof item.value === 'string' &&
    PARAMETER_NAME.test(item.value)
      ? [item.value]
      : [],
  );
  return names.length === list.items.length ? [...new Set(names)] : undefined;
}

function hasLag(tree: Tree): boolean | undefined {
  const lag = treeAt(tree, ['cursor', 'lag']);
  if (lag === undefined) return false;
  const parsed = duration().safeParse(lag.kind === 'scalar' ? lag.value : undefined);
  return parsed.success ? parsed.data > 0 : undefined;
}
