/** Preloaded into a program (--import): its clock is ahead by the milliseconds in the file that $SET_CLOCK names. */
import { readFileSync } from 'node:fs';

const RealDate = Date;

function ahead() {
  try {
    return Number(readFileSync(process.env.SET_CLOCK, 'utf8'));
  } catch {
    return 0;
  }
}

globalThis.Date = class extends RealDate {
  constructor(...values) {
    if (values.length === 0) super(RealDate.now() + ahead());
    else super(...values);
  }

  static now() {
    return RealDate.now() + ahead();
  }
};
