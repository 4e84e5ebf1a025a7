import type { Config, Job } from '../../config/config.ts';
import { nearestName } from '../../config/nearest-name.ts';
import type { DataSetAddress } from '../../write-api/data-set.ts';
import { UsageError } from '../shell/errors.ts';
import { dataSetOf } from '../wiring.ts';

/** `carers-allowance/transactions-by-channel` */
const nameOf = ({ data_set }: Job): string => `${data_set.data_group}/${data_set.data_type}`;

/** The jobs that write to the data set of a name. */
export const jobsThatWriteTo = (name: string, { jobs }: Config): readonly Job[] =>
  jobs.filter((job) => nameOf(job) === name);

/** A data set by its name, with the token of a job that writes to it. Throws UsageError when no job does. */
export function configuredDataSet(name: string, config: Config): DataSetAddress {
  const [job] = jobsThatWriteTo(name, config);
  if (job !== undefined) return dataSetOf(job);
  const known = [...new Set(config.jobs.map(nameOf))];
  const nearest = nearestName(name, known);
  throw new UsageError(
    `no job writes to a data set ${JSON.stringify(name)}, so that its token is not known`,
    nearest === undefined
      ? `The data sets of the jobs are: ${known.join(', ') || 'none'}.`
      : `Did you mean ${nearest}?`,
  );
}
