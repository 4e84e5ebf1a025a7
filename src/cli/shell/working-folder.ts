import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import type { Config } from '../../config/config.ts';

/** Where verifications may write: beside the state, where there is a file; temporary folders are in memory on some machines. */
export const workingFolder = ({ state }: Pick<Config, 'state'>): string =>
  'file' in state ? dirname(state.file) : tmpdir();
