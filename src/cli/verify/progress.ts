import type { LookProgress } from '../../verify/look.ts';
import { counted, grouped } from '../../words/counts.ts';
import type { Terminal } from '../shell/terminal.ts';

/** Milliseconds between two pictures of the same line. */
const PICTURE = 100;

/** What is seen of a verification while it goes on. */
interface ShownProgress {
  tell(progress: LookProgress): void;
  close(): void;
}

/** A line on a terminal; elsewhere nothing. */
export async function openProgress(job: string, terminal: Terminal): Promise<ShownProgress> {
  if (!terminal.hasCursor) return { tell: () => undefined, close: () => undefined };
  const { LiveLines } = await import('../shell/live-lines.ts');
  let text = `${job}  asking`;
  terminal.keepBelow(new LiveLines(() => [{ text }], terminal));
  const timer = setInterval(() => terminal.tell(''), PICTURE);
  return {
    tell({ source, dataSet }) {
      text = `${job}  ${counted(source, 'record')} of the source, ${grouped(dataSet)} of the data set`;
    },
    close() {
      clearInterval(timer);
      terminal.keepBelow(undefined);
    },
  };
}
