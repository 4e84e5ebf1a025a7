import { CommanderError } from 'commander';
import { failureOf } from '../collect/failures.ts';
import { createProgram } from './program.ts';
import {
  EXIT,
  type ExitCode,
  exitCodeOfError,
  UsageError,
  WrongConfigurationError,
} from './shell/exit-codes.ts';
import { endAsFirstProcess } from './shell/stop-signals.ts';
import { learnToWrap, listenForLostOutput, proseOnStandardError } from './shell/terminal.ts';
import { afterMessage, remedyText } from './shell/text.ts';

/** Runs the command that the arguments name and sets the exit code of the process. */
export async function main(): Promise<void> {
  endAsFirstProcess();
  listenForLostOutput();
  await learnToWrap();
  try {
    await createProgram((code) => {
      process.exitCode = code;
    }).parseAsync();
  } catch (error) {
    process.exitCode = tellError(error);
  }
}

function tellError(error: unknown): ExitCode {
  // Commander has told what it has to tell; help and version are no errors.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.success : EXIT.usage;
  if (error instanceof WrongConfigurationError) return EXIT.configuration;
  if (error instanceof UsageError) {
    proseOnStandardError.write(`${error.message}\n${remedyText(error.remedy)}`);
    return EXIT.usage;
  }
  const failure = failureOf(error);
  proseOnStandardError.write(`${failure.message}\n${afterMessage(failure)}`);
  return exitCodeOfError(error);
}
