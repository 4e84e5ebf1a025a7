import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Folders with files that go on for minutes, the longest first. */
const LONG = ['end-to-end', 'browser', 'integration', 'sources'];

/** Starts long files first, so that all others run beside them and none is waited for alone in the end. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = ({ project, moduleId }: TestSpecification) => {
      const [, folder = ''] = relative(project.config.root, moduleId).split('/');
      return LONG.includes(folder) ? LONG.indexOf(folder) : LONG.length;
    };
    return (await super.sort(files)).toSorted((left, right) => rankOf(left) - rankOf(right));
  }
}
