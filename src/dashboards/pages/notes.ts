import { startOfPeriod } from '../../calendar/period.ts';
import { html, type Markup, said } from '../../look/markup.ts';
import type { Note } from '../../model/dashboard.ts';
import { dateText } from '../../words/dates.ts';
import type { ModuleFigures } from '../module-figures.ts';

/** A note on a chart: its letter, and in which of the periods it is. */
export interface PlacedNote {
  readonly letter: string;
  readonly index: number;
  readonly note: Note;
}

/** Those that are about a period of the chart, the earliest first. */
export function placedNotes(
  notes: readonly Note[],
  { period, periods }: ModuleFigures,
): readonly PlacedNote[] {
  return notes
    .map((note) => ({ note, index: periods.indexOf(startOfPeriod(period, note.at)) }))
    .filter(({ index }) => index !== -1)
    .sort((one, other) => one.note.at - other.note.at)
    .map((placed, position) => ({ ...placed, letter: letterOf(position) }));
}

/** A to Z, then AA, AB and so on. */
function letterOf(position: number): string {
  const last = String.fromCharCode(65 + (position % 26));
  return position < 26 ? last : letterOf(Math.floor(position / 26) - 1) + last;
}

interface NoteLabel {
  /** Of its middle, in percent of the width. */
  readonly place: number;
  /** `A`, `A B`, `A–D` */
  readonly text: string;
}

/** The letters above the chart: those that would touch each other share the place of the first one. */
export function noteLabels(
  notes: readonly PlacedNote[],
  placeOf: (index: number) => number,
): readonly NoteLabel[] {
  const groups: { readonly place: number; readonly letters: string[] }[] = [];
  for (const { letter, index } of notes) {
    groups.push({ place: placeOf(index), letters: [letter] });
    for (;;) {
      const [before, last] = groups.slice(-2);
      if (before === undefined || last === undefined) break;
      const room = (widthOf(textOf(before.letters)) + widthOf(textOf(last.letters))) / 2;
      if (last.place - before.place >= room) break;
      before.letters.push(...last.letters);
      groups.pop();
    }
  }
  return groups.map(({ place, letters }) => ({ place, text: textOf(letters) }));
}

const textOf = (letters: readonly string[]): string =>
  letters.length > 2 ? `${letters[0]}–${letters.at(-1)}` : letters.join(' ');

/** In percent of the width of a phone; a letter with its distance to the next one has 7. */
const widthOf = ({ length }: string): number => 3.5 * (length + 1);

/** What the letters on the chart stand for. */
export function notesList(notes: readonly PlacedNote[]): Markup {
  if (notes.length === 0) return undefined;
  return html`<dl class="notes" aria-label="Notes on the chart">${notes.map(
    ({ letter, note }) =>
      html`<div><dt><b>${letter}</b> ${dateText(note.at)}</dt><dd>${said(note.text)}</dd></div>`,
  )}</dl>`;
}
