import { NO_COUNTS } from '../../src/model/run.ts';
import { createMetrics } from '../../src/observe/metrics.ts';

/** The labels that a scrape adds to every series. */
const OF_THE_SCRAPE = ['instance'];

/** Every metric that the daemon has, as its text names them, with the labels of its series. */
export async function metricsOfTheDaemon(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const job = { name: 'visits', deadLetters: 0, pendingRecords: 0 };
  const times = { collectedTo: 1, lastSuccess: 1, nextRun: 1 };
  const work = { unit: 'window', done: 1, owed: 2, since: 1 } as const;
  const running = { ...NO_COUNTS, since: 1, work, rows: 1, records: 1, requests: 1, bytesSent: 1 };
  const outcome = { compared: 'sums', source: 1, days: 1, differing: 1, setAside: 0 } as const;
  const verification = { job: 'visits', startedAt: 1, endedAt: 1, outcome };
  const gauges = { jobs: [{ ...job, ...times, running, verification }], scheduleLag: 0 };
  const metrics = createMetrics(async () => gauges);
  metrics.setJobs([{ name: 'visits', dataSet: 'service/visits' }]);
  const text = String(await metrics.text());
  const found = new Map<string, Set<string>>();
  for (const [, name = '', labels = ''] of text.matchAll(/^(\w+)(?:\{(.*)\})? /gm)) {
    const names = [...labels.matchAll(/(\w+)="/g)].map(([, label = '']) => label);
    found.set(name, new Set([...(found.get(name) ?? OF_THE_SCRAPE), ...names]));
  }
  return found;
}

/** The metrics and labels in a PromQL expression that the daemon does not have. */
export function unknownIn(expression: string, metrics: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const selectors = [
    ...expression.matchAll(/\b((?:pp_db_collector|process|nodejs)_\w+)(?![\w:])(?:\{([^}]*)\})?/g),
  ];
  const known = new Set(selectors.flatMap(([, name = '']) => [...(metrics.get(name) ?? [])]));
  const grouped = [...expression.matchAll(/\b(?:by|on|ignoring|without) ?\(([^)]*)\)/g)].flatMap(
    ([, labels = '']) => labels.split(',').map((label) => label.trim()),
  );
  return [
    ...selectors.flatMap(([, name = '', matchers = '']) => {
      const labels = metrics.get(name);
      if (labels === undefined) return [name];
      const used = [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label);
      // The process's own metrics have the name of the scrape job.
      return used
        .filter((label) => !labels.has(label) && label !== 'job')
        .map((label) => `${name}{${label}}`);
    }),
    ...grouped.filter((label) => !known.has(label)).map((label) => `(${label})`),
  ];
}
