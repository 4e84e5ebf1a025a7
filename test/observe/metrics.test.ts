import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import type { RunResult } from '../../src/model/run.ts';
import type { RunEvent } from '../../src/model/run-event.ts';
import { createMetrics, type Gauges, type JobGauges } from '../../src/observe/metrics.ts';
import { METRICS, type Metric } from '../../src/observe/metrics-table.ts';

/** What alerts and dashboards out there rely on: this list is not to follow the code. */
const NAMES = [
  'pp_db_collector_runs_total{job,outcome}',
  'pp_db_collector_run_duration_seconds{job}',
  'pp_db_collector_run_started_timestamp_seconds{job}',
  'pp_db_collector_run_work_owed{job}',
  'pp_db_collector_run_work_done{job}',
  'pp_db_collector_run_rows{job}',
  'pp_db_collector_run_records{job}',
  'pp_db_collector_rows_total{job}',
  'pp_db_collector_records_acknowledged_total{job}',
  'pp_db_collector_records_unchanged_total{job}',
  'pp_db_collector_records_vanished_total{job}',
  'pp_db_collector_late_records_at_lookback_end_total{job}',
  'pp_db_collector_rows_behind_position_total{job}',
  'pp_db_collector_verification_differences{job}',
  'pp_db_collector_verification_last_successful{job}',
  'pp_db_collector_last_verification_timestamp_seconds{job}',
  'pp_db_collector_dead_letters{job}',
  'pp_db_collector_requests_total{data_set,status}',
  'pp_db_collector_retries_total{data_set}',
  'pp_db_collector_collected_to_timestamp_seconds{job}',
  'pp_db_collector_last_success_timestamp_seconds{job}',
  'pp_db_collector_log_lines_lost_total',
  'pp_db_collector_next_run_timestamp_seconds{job}',
  'pp_db_collector_ticks_skipped_total{job}',
  'pp_db_collector_schedule_lag_seconds',
  'pp_db_collector_breaker_open',
  'pp_db_collector_config_last_reload_successful',
  'pp_db_collector_pending_records{job}',
];

const OUTCOMES = ['succeeded', 'empty', 'partial', 'not_ready', 'failed', 'interrupted', 'skipped'] as const;

const IDLE: JobGauges = {
  name: 'a',
  deadLetters: 0,
  pendingRecords: 0,
  collectedTo: undefined,
  lastSuccess: undefined,
  nextRun: undefined,
};

/** Metrics of the jobs `a` and `b`, which share a data set, and the series in their text. */
function metricsOfTwo(gauges: Partial<Gauges> = {}) {
  const metrics = createMetrics(async () => ({ jobs: [], scheduleLag: 0, ...gauges }));
  const jobs = [
    { name: 'a', dataSet: 'group/type' },
    { name: 'b', dataSet: 'group/type' },
  ];
  metrics.setJobs(jobs);
  const series = async () => seriesIn((await metrics.text()).toString());
  return { metrics, series };
}

function seriesIn(text: string): ReadonlyMap<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const entries = lines.map((line) => line.split(/ (?=\S+$)/));
  const series = new Map(entries.map(([name = '', value]) => [name, Number(value)]));
  expect(series.size).toBe(lines.length);
  return new Map([...series].map(([name, value]) => [name.replace(/^pp_db_collector_/, ''), value]));
}

const run = (over: Partial<RunResult> = {}): RunResult => ({
  job: 'a',
  outcome: 'succeeded',
  startedAt: 10_000,
  endedAt: 11_500,
  window: undefined,
  failure: undefined,
  rows: 7,
  records: 5,
  unchanged: 0,
  vanished: 0,
  deadLetters: 2,
  requests: 1,
  bytesSent: 100,
  ...over,
});

const ended = (result: RunResult): RunEvent => ({ kind: 'run-ended', run: 1, result });

describe('the table of metrics', () => {
  const shown = ({ name, labels }: Metric) => (labels.length > 0 ? `${name}{${labels.join(',')}}` : name);

  test('names exactly those that are promised', () => {
    expect(Object.values<Metric>(METRICS).map(shown).sort()).toEqual([...NAMES].sort());
  });

  test('is what a scrape says, both ways, with types and helps', async () => {
    const text = (await createMetrics(async () => ({ jobs: [], scheduleLag: 0 })).text()).toString();
    const told = [...text.matchAll(/^# (HELP|TYPE) (pp_db_collector_\S+) (.*)$/gm)].map(([line]) => line);
    const expected = Object.values<Metric>(METRICS).flatMap(({ name, type, help }) => [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} ${type}`,
    ]);
    expect(told.sort()).toEqual(expected.sort());
  });

  test('explains each in sentences', () => {
    const metrics = Object.values<Metric>(METRICS);
    expect(metrics.filter(({ tells }) => !/^\S.*\.$/.test(tells))).toEqual([]);
    expect(metrics.filter(({ help }) => /\.$|\n|\\/.test(help))).toEqual([]);
  });
});

describe('a job', () => {
  test('has its counters from the start, at 0, and no gauges that nobody knows', async () => {
    const { series } = metricsOfTwo({ jobs: [IDLE] });
    const all = await series();
    for (const job of ['a', 'b']) {
      for (const outcome of OUTCOMES)
        expect(all.get(`runs_total{job="${job}",outcome="${outcome}"}`)).toBe(0);
      for (const name of [
        'rows_total',
        'records_acknowledged_total',
        'ticks_skipped_total',
        'late_records_at_lookback_end_total',
        'rows_behind_position_total',
        'run_duration_seconds_count',
      ])
        expect([name, all.get(`${name}{job="${job}"}`)]).toEqual([name, 0]);
    }
    expect([...all.keys()].filter((name) => name.includes('timestamp_seconds{'))).toEqual([]);
  });

  test('that was verified shows how much differed, or that nothing could be compared', async () => {
    const about = { job: 'a', startedAt: 1_000, endedAt: 3_500 };
    const found = {
      compared: 'records',
      source: 9,
      missing: 1,
      different: 2,
      extra: 4,
      setAside: 8,
    } as const;
    const differing = metricsOfTwo({ jobs: [{ ...IDLE, verification: { ...about, outcome: found } }] });
    const all = await differing.series();
    expect(all.get('verification_differences{job="a"}')).toBe(7);
    expect(all.get('verification_last_successful{job="a"}')).toBe(1);
    expect(all.get('last_verification_timestamp_seconds{job="a"}')).toBe(3.5);
    const failure = { side: 'source', message: 'it is down', remedy: undefined } as const;
    const outcome = { compared: 'nothing', failure } as const;
    const none = await metricsOfTwo({ jobs: [{ ...IDLE, verification: { ...about, outcome } }] }).series();
    expect(none.get('verification_differences{job="a"}')).toBeUndefined();
    expect(none.get('verification_last_successful{job="a"}')).toBe(0);
  });

  test('is counted when a run ends', async () => {
    const { metrics, series } = metricsOfTwo();
    metrics.observer(ended(run()));
    metrics.observer(ended(run({ outcome: 'partial', endedAt: 30_000 })));
    const all = await series();
    expect(all.get('runs_total{job="a",outcome="succeeded"}')).toBe(1);
    expect(all.get('runs_total{job="a",outcome="partial"}')).toBe(1);
    expect(all.get('runs_total{job="b",outcome="succeeded"}')).toBe(0);
    expect(all.get('rows_total{job="a"}')).toBe(14);
    expect(all.get('records_acknowledged_total{job="a"}')).toBe(10);
    expect(all.get('run_duration_seconds_sum{job="a"}')).toBe(21.5);
    expect(all.get('run_duration_seconds_bucket{le="2",job="a"}')).toBe(1);
    expect(all.get('run_duration_seconds_bucket{le="+Inf",job="a"}')).toBe(2);
  });

  test('counts what comes late at the end of its lookback', async () => {
    const { metrics, series } = metricsOfTwo();
    const late = { kind: 'late-at-end', period: 0, appeared: 1, changed: 2, vanished: 3 } as const;
    metrics.observer({ ...late, job: 'a', run: 1 });
    expect((await series()).get('late_records_at_lookback_end_total{job="a"}')).toBe(6);
  });

  test('counts what appears behind its position', async () => {
    const { metrics, series } = metricsOfTwo();
    metrics.observer({
      ...{ kind: 'rows-behind', job: 'a', run: 1 },
      ...{ positions: [], rows: 9, behind: 3, late: 0 },
    });
    expect((await series()).get('rows_behind_position_total{job="a"}')).toBe(3);
  });

  test('keeps what was counted before its first scrape, and between scrapes', async () => {
    const { metrics, series } = metricsOfTwo();
    metrics.observer(ended(run()));
    metrics.ticksSkipped('a', 3);
    await series();
    metrics.ticksSkipped('a', 2);
    expect((await series()).get('ticks_skipped_total{job="a"}')).toBe(5);
    expect((await series()).get('run_duration_seconds_count{job="a"}')).toBe(1);
  });

  test('has no duration for a run that did not take place, nor a negative one', async () => {
    const { metrics, series } = metricsOfTwo();
    metrics.observer(ended(run({ outcome: 'skipped' })));
    expect((await series()).get('run_duration_seconds_count{job="a"}')).toBe(0);
    metrics.observer(ended(run({ endedAt: 0 })));
    expect((await series()).get('run_duration_seconds_sum{job="a"}')).toBe(0);
  });

  test('shows where it stands at the time of the scrape', async () => {
    let gauges: JobGauges = {
      ...IDLE,
      deadLetters: 3,
      pendingRecords: 48,
      collectedTo: 1_500,
      lastSuccess: 2_000,
      nextRun: 3_000,
    };
    const jobs = { [Symbol.iterator]: () => [gauges][Symbol.iterator]() };
    const { series } = metricsOfTwo({ jobs });
    const first = await series();
    expect(first.get('dead_letters{job="a"}')).toBe(3);
    expect(first.get('pending_records{job="a"}')).toBe(48);
    expect(first.get('collected_to_timestamp_seconds{job="a"}')).toBe(1.5);
    expect(first.get('last_success_timestamp_seconds{job="a"}')).toBe(2);
    expect(first.get('next_run_timestamp_seconds{job="a"}')).toBe(3);
    gauges = { ...gauges, deadLetters: 0, nextRun: undefined };
    const second = await series();
    expect(second.get('dead_letters{job="a"}')).toBe(0);
    expect(second.has('next_run_timestamp_seconds{job="a"}')).toBe(false);
  });

  test('shows how far its run is, as long as it runs', async () => {
    const running = {
      since: 4_000,
      work: { unit: 'window', done: 7, owed: 24, since: 4_000 },
      ...{ rows: 70, records: 60, unchanged: 0, vanished: 0, deadLetters: 0, requests: 7, bytesSent: 9 },
    } as const;
    let gauges: JobGauges = { ...IDLE, running };
    const jobs = { [Symbol.iterator]: () => [gauges][Symbol.iterator]() };
    const { series } = metricsOfTwo({ jobs });
    const ofRun = async () => {
      const all = [...(await series())].filter(([name]) => /^run_(?!duration)/.test(name));
      return Object.fromEntries(all.map(([name, value]) => [name.replace('{job="a"}', ''), value]));
    };
    expect(await ofRun()).toEqual({
      ...{ run_started_timestamp_seconds: 4, run_work_owed: 24, run_work_done: 7 },
      ...{ run_rows: 70, run_records: 60 },
    });
    gauges = IDLE;
    expect(await ofRun()).toEqual({});
  });

  test('that is removed takes its series along, and a run of it that ends later brings none back', async () => {
    const { metrics, series } = metricsOfTwo({ jobs: [{ ...IDLE, nextRun: 1 }] });
    metrics.observer(ended(run()));
    await series();
    metrics.setJobs([{ name: 'b', dataSet: 'group/type' }]);
    metrics.observer(ended(run()));
    metrics.ticksSkipped('a', 1);
    const names = [...(await series()).keys()];
    expect(names.filter((name) => name.includes('"a"'))).toEqual([]);
    expect(names.filter((name) => name.includes('"b"')).length).toBeGreaterThan(15);
  });

  test('that stays keeps its counts over a reload, and one that comes back begins anew', async () => {
    const { metrics, series } = metricsOfTwo();
    metrics.observer(ended(run()));
    metrics.observer(ended(run({ job: 'b' })));
    metrics.setJobs([{ name: 'b', dataSet: undefined }]);
    metrics.setJobs([
      { name: 'a', dataSet: undefined },
      { name: 'b', dataSet: undefined },
    ]);
    const all = await series();
    expect(all.get('runs_total{job="a",outcome="succeeded"}')).toBe(0);
    expect(all.get('runs_total{job="b",outcome="succeeded"}')).toBe(1);
  });
});

describe('a data set', () => {
  test('counts its requests by status, and those that were sent again', async () => {
    const { metrics, series } = metricsOfTwo();
    const before = await series();
    expect(before.get('requests_total{data_set="group/type",status="200"}')).toBe(0);
    expect(before.get('retries_total{data_set="group/type"}')).toBe(0);
    metrics.requestAnswered('group/type', 200);
    metrics.requestAnswered('group/type', 503);
    metrics.requestAnswered('group/type', 'none');
    metrics.requestAnswered('group/type', 'none');
    metrics.requestRepeated('group/type');
    const after = await series();
    expect(after.get('requests_total{data_set="group/type",status="200"}')).toBe(1);
    expect(after.get('requests_total{data_set="group/type",status="503"}')).toBe(1);
    expect(after.get('requests_total{data_set="group/type",status="none"}')).toBe(2);
    expect(after.get('retries_total{data_set="group/type"}')).toBe(1);
  });

  test('goes with the last job that writes to it, whatever its requests were answered', async () => {
    const { metrics, series } = metricsOfTwo();
    metrics.requestAnswered('group/type', 503);
    metrics.setJobs([{ name: 'b', dataSet: 'group/type' }]);
    expect([...(await series()).keys()].filter((name) => name.includes('group/type'))).toHaveLength(3);
    metrics.setJobs([{ name: 'b', dataSet: undefined }]);
    expect([...(await series()).keys()].filter((name) => name.includes('group/type'))).toEqual([]);
  });
});

describe('the daemon', () => {
  test('tells of the write host, the reload and the lag', async () => {
    const { metrics, series } = metricsOfTwo({ scheduleLag: 2_500 });
    const first = await series();
    expect(
      ['breaker_open', 'config_last_reload_successful', 'schedule_lag_seconds'].map((name) =>
        first.get(name),
      ),
    ).toEqual([0, 1, 2.5]);
    metrics.hostDown();
    metrics.reloaded(false);
    const second = await series();
    expect([second.get('breaker_open'), second.get('config_last_reload_successful')]).toEqual([1, 0]);
    metrics.hostUp();
    metrics.reloaded(true);
    const third = await series();
    expect([third.get('breaker_open'), third.get('config_last_reload_successful')]).toEqual([0, 1]);
  });

  test('tells of its process', async () => {
    const names = [...(await metricsOfTwo().series()).keys()];
    for (const name of [
      'process_cpu_seconds_total',
      'process_resident_memory_bytes',
      'nodejs_eventloop_lag_seconds',
    ])
      expect(names).toContain(name);
  });

  test('may be there twice in a process', async () => {
    const [one, other] = [metricsOfTwo(), metricsOfTwo()];
    one.metrics.observer(ended(run()));
    expect((await other.series()).get('rows_total{job="a"}')).toBe(0);
  });

  test('fails a scrape when the gauges cannot be looked up, and not the next one', async () => {
    let fails = true;
    const metrics = createMetrics(async () => {
      if (fails) throw new Error('the state does not answer');
      return { jobs: [], scheduleLag: 0 };
    });
    await expect(metrics.text()).rejects.toThrow('the state does not answer');
    fails = false;
    expect((await metrics.text()).toString()).toContain('breaker_open 0');
    expect(metrics.contentType).toBe(Registry.PROMETHEUS_CONTENT_TYPE);
  });
});
