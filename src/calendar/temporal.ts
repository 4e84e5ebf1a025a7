import type { Temporal as TemporalNamespace } from 'temporal-polyfill';

/** Temporal of the platform where it has one (Node.js 26), so that the polyfill need not be loaded. */
export const Temporal: typeof TemporalNamespace =
  (globalThis as { Temporal?: typeof TemporalNamespace }).Temporal ??
  (await import('temporal-polyfill')).Temporal;
