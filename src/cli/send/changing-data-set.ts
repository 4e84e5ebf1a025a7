import type { Config } from '../../config/config.ts';
import { withState } from '../wiring.ts';

/**
 * Changes a data set as no job does. What any job has sent to it is void from before on, so that they take nothing that
 * others store there for their own; and void is what runs send that go on meanwhile. Throws StateError, and what the work
 * throws: then nobody knows whether something still comes of it.
 */
export const changingDataSet = <Result>(
  address: string,
  config: Config,
  work: () => Promise<Result>,
): Promise<Result> =>
  withState(config, async (state) => {
    await state.dataSetChanging(address);
    const result = await work();
    await state.dataSetChanged(address);
    return result;
  });
