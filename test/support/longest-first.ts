import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Parts of the paths of files that go on for minutes, the longest first. In a clean clone nothing is known of earlier runs,
 * so that a long file of which nothing is said here may be the last, and waited for alone.
 */
const LONG = [
  'test/replicas/',
  'test/faults/',
  'test/docs/compose',
  'test/sources/lost-connections',
  'test/end-to-end/',
  'test/browser/',
  'test/status/slow-connections',
  'test/integration/',
  'test/sources/',
  '.slow.test.ts',
];

/** Starts long files first, so that all others run beside them and none is waited for alone in the end. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = ({ project, moduleId }: TestSpecification) => {
      const path = relative(project.config.root, moduleId);
      const rank = LONG.findIndex((part) => path.includes(part));
      return rank < 0 ? LONG.length : rank;
    };
    return (await super.sort(files)).toSorted((left, right) => rankOf(left) - rankOf(right));
  }
}
