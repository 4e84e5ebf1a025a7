import type { Config, Job } from '../../config/config.ts';
import { namesLike, nearestName } from '../../config/nearest-name.ts';
import { isLoopback, parseAddress } from '../../write-api/address.ts';
import type { WriteApiOptions } from '../../write-api/client-options.ts';
import type { DataSetAddress } from '../../write-api/data-set.ts';
import { proxyFor } from '../../write-api/proxy.ts';
import { WriteApiError } from '../../write-api/write-api-error.ts';
import { UsageError } from '../shell/exit-codes.ts';
import type { Setting } from '../shell/setting.ts';
import type { Terminal } from '../shell/terminal.ts';
import { dataSetOf, writeApiOf } from '../wiring.ts';
import { changingDataSet } from './changing-data-set.ts';

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
      ? `The data sets of the jobs are: ${namesLike(name, known) || 'none'}.`
      : `Did you mean ${nearest}?`,
  );
}

/** Where `send` posts to. */
export interface SendTarget {
  readonly writeApi: WriteApiOptions;
  /** A data set below the address of the write API; a token alone means that address itself. */
  readonly to: DataSetAddress | Pick<DataSetAddress, 'token'>;
  /** What is sent has to be sent within this, as jobs may write there, too. @param address of the data set */
  readonly changing?: <Result>(address: string, work: () => Promise<Result>) => Promise<Result>;
}

interface TargetFlags {
  readonly url?: string;
  readonly token?: string;
  readonly dataSet?: string;
}

const GIVE_BOTH =
  'Give --url and --token, or --data-set GROUP/TYPE to take the url and the token from the configuration.';

/**
 * The data set that the flags name. Throws UsageError for flags that do not go together, or that no request can be made
 * of.
 *
 * @param settingOf loads the configuration; only called for --data-set
 */
export async function sendTargetOf(
  flags: TargetFlags,
  settingOf: () => Promise<Setting>,
  terminal: Terminal,
): Promise<SendTarget> {
  const { url, token, dataSet } = flags;
  if (dataSet !== undefined) {
    if (url !== undefined || token !== undefined)
      throw new UsageError('--data-set does not go together with --url and --token', GIVE_BOTH);
    return configuredTarget(dataSet, await settingOf());
  }
  if (url === undefined || token === undefined)
    throw new UsageError(`${url === undefined ? '--url' : '--token'} is missing`, GIVE_BOTH);
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new UsageError('the token holds characters that no token has', 'Give it exactly as it was issued.');
  return namedTarget(url, token, terminal);
}

function configuredTarget(dataSetName: string, { config, terminal }: Setting): SendTarget {
  return {
    writeApi: writeApiOf(config, terminal),
    to: configuredDataSet(dataSetName, config),
    changing: (address, work) => changingDataSet(address, config, work),
  };
}

/** backdrop-send took any address, http:// too: scripts that name one go on working, and people are told. */
function namedTarget(url: string, token: string, terminal: Terminal): SendTarget {
  const target = addressOf(url);
  if (target.protocol === 'http:' && !isLoopback(target))
    terminal.tell(`the token travels in the clear to ${target.host}: use https:// where there is it\n`);
  const proxy = proxyFor(url, terminal.environment);
  return { writeApi: { url, proxy, allow_plain_http: true }, to: { token } };
}

function addressOf(url: string): URL {
  try {
    return parseAddress(url, true);
  } catch (error) {
    if (!(error instanceof WriteApiError)) throw error;
    throw new UsageError(error.message, 'Give --url the address of the data set, with its path.');
  }
}
