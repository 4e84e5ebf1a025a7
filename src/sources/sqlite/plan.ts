import type { PlanReader } from '../execution-plan.ts';

/** It tells neither how many rows there are nor how long it will take. */
export const readPlan: PlanReader = async () => ({ rows: undefined, isQuick: undefined });
