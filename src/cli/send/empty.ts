import type { Job } from '../../config/config.ts';
import type { DataSetAddress } from '../../write-api/data-set.ts';
import { confirmed } from '../shell/confirm.ts';
import { EXIT, type ExitCode } from '../shell/exit-codes.ts';
import { selectJobs } from '../shell/select-jobs.ts';
import type { Setting } from '../shell/setting.ts';
import { withStop } from '../shell/stop-signals.ts';
import { dataSetOf, withStations } from '../wiring.ts';
import { changingDataSet } from './changing-data-set.ts';
import { configuredDataSet, jobsThatWriteTo } from './target.ts';

/** `empty`: removes all records of a data set, named by itself or by a job that writes to it, once a person agrees. */
export async function empty(
  name: string,
  flags: { readonly yes?: boolean },
  setting: Setting,
): Promise<ExitCode> {
  const dataSet = dataSetNamed(name, setting);
  if (dataSet === undefined) return EXIT.configuration;
  const path = `${dataSet.data_group}/${dataSet.data_type}`;
  const jobs = jobsThatWriteTo(path, setting.config);
  const effect = effectText(path, jobs, setting);
  if (!(await confirmed(effect, flags.yes === true, setting.terminal))) return EXIT.success;
  return withStop(async ({ signal, exitCode }) => {
    try {
      const { message } = await withStations(setting, ({ client }) =>
        changingDataSet(client.target(dataSet).address, setting.config, () =>
          client.empty(dataSet, { signal }),
        ),
      );
      await setting.terminal.show(`${path}: ${message === '' ? 'emptied' : message}\n`);
      return EXIT.success;
    } catch (error) {
      const stopCode = exitCode();
      if (stopCode === undefined) throw error;
      return stopCode;
    }
  });
}

/** Undefined when it is that of a job whose file is wrong, which has been told. */
function dataSetNamed(name: string, setting: Setting): DataSetAddress | undefined {
  if (name.includes('/')) return configuredDataSet(name, setting.config);
  const [job] = selectJobs([name], false, setting);
  return job === undefined ? undefined : dataSetOf(job);
}

function effectText(path: string, jobs: readonly Job[], { config }: Setting): string {
  const names = jobs.map((job) => job.name).join(', ');
  return `all records of ${path} on ${config.write_api.url} will be removed, whoever sent them
the jobs that write to it stay where they stand and do not send them again by themselves: ${names}
`;
}
