/** What other programs may import. */

export type { Config, Job } from './config/config.ts';
export { type LoadedConfig, loadConfig } from './config/load-config.ts';
export type { Problem } from './config/problem.ts';
export type { Acknowledgement, RefusedRecord } from './model/target.ts';
export type { WriteApiOptions } from './write-api/client-options.ts';
export type { DataSetAddress as DataSet } from './write-api/data-set.ts';
export type { Answer } from './write-api/data-set-writer.ts';
export { type ProxyEnvironment, proxyFor } from './write-api/proxy.ts';
export type { RecordObject } from './write-api/record-json.ts';
export type { RetrySettings } from './write-api/retry-policy.ts';
export type { Retry } from './write-api/retrying.ts';
export type { Timing } from './write-api/timing.ts';
export { type CallOptions, WriteApiClient } from './write-api/write-api-client.ts';
export { WriteApiError, type WriteApiErrorKind } from './write-api/write-api-error.ts';
