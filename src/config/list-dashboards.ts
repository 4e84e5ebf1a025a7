import { resolve } from 'node:path';
import { type Complaint, type Finding, findingAt } from './finding.ts';
import type { ReadOptions } from './yaml/parse-file.ts';
import { shownPath, systemReason } from './yaml/source-file.ts';
import { placeOf, type Tree, textAt } from './yaml/tree.ts';
import { findYamlFiles, strayFindings } from './yaml-files.ts';

interface ListedDashboards {
  /** Absolute. */
  readonly paths: readonly string[];
  readonly findings: readonly Finding[];
}

/** The files in the folder that write-api.yaml names; none where it names no folder. @param folder of write-api.yaml */
export function listDashboards(
  tree: Tree,
  folder: string,
  { currentDirectory }: ReadOptions,
): ListedDashboards {
  const path = ['dashboards'];
  const written = textAt(tree, 'dashboards');
  if (written === undefined) return { paths: [], findings: [] };
  const root = resolve(folder, written.value);
  const shownRoot = shownPath(root, currentDirectory);
  const findingOfPath = (complaint: Complaint) => findingAt(placeOf(tree, path), path, complaint);
  try {
    const { files: paths, strays } = findYamlFiles(root);
    const message = `expected a folder with dashboards (*.yaml), got none in ${shownRoot}`;
    const none = findingOfPath({ code: 'no-dashboards', severity: 'warning', message });
    return {
      paths,
      findings: [
        ...(paths.length > 0 ? [] : [none]),
        ...strayFindings(strays, 'a dashboard', currentDirectory),
      ],
    };
  } catch (error) {
    const message = `expected a folder of dashboards, got ${systemReason(error)} for ${shownRoot}`;
    return { paths: [], findings: [findingOfPath({ code: 'unreadable-file', message })] };
  }
}
