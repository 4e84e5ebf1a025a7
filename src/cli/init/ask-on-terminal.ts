import { nearestName } from '../../config/nearest-name.ts';
import { type Ask, firstNames, type Question } from '../../first-job/plan.ts';
import { grouped } from '../../words/counts.ts';
import { answerTo, canAsk } from '../shell/ask.ts';
import { UsageError } from '../shell/exit-codes.ts';
import type { Terminal } from '../shell/terminal.ts';

/** More would scroll away; every one can be named. */
const MOST_SHOWN = 30;
const MOST_TRIES = 3;

/** Has a person choose by a number or a name. Throws UsageError where nobody can be asked. */
export const askOn =
  (terminal: Terminal): Ask =>
  async (question) => {
    const { about, text, answers, option } = question;
    if (!canAsk(terminal)) {
      const known = `${grouped(answers.length)} ${about}: ${firstNames(answers)}`;
      throw new UsageError(`${option} is needed, because there are ${known}`, `Name one with ${option}.`);
    }
    const shown = answers.slice(0, MOST_SHOWN);
    const more = answers.length - shown.length;
    terminal.tell(
      `${text}?\n${shown.map((answer, index) => `${String(index + 1).padStart(4)}  ${answer}\n`).join('')}`,
    );
    if (more > 0) terminal.tell(`      … and ${grouped(more)} more, which can be named\n`);
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const answer = await answerTo('Number or name: ');
      if (answer === undefined || answer === '') break;
      const chosen = chosenBy(answer, question);
      if (chosen !== undefined) return chosen;
      const nearest = nearestName(answer, answers);
      terminal.tell(
        `There is none called ${answer}${nearest === undefined ? '' : `; did you mean ${nearest}?`}\n`,
      );
    }
    throw new UsageError('none was chosen', `Call init again, or name one with ${option}.`);
  };

const chosenBy = (answer: string, { answers }: Question): string | undefined =>
  answers.find((each) => each === answer) ??
  (/^\d+$/.test(answer) ? answers[Number(answer) - 1] : undefined) ??
  answers.find((each) => each.toLowerCase() === answer.toLowerCase());
