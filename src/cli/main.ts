import type { Config } from '@oclif/core/config';
import { run } from '@oclif/core/run';

import { asksForHelp, checkCommand, commandName, outputMode, withFlagsBehind } from './command-line.ts';
import { loadConfig } from './load-config.ts';
import { reportError } from './report-error.ts';

/** The `spec-kit` command line: runs one command and returns the exit code. `root` is the package's folder. */
export async function main(argv: readonly string[], root: string): Promise<number> {
  const config = await loadConfig(root);
  const words = withFlagsBehind(helpWord(argv), config.commandIDs);
  const context = {
    mode: outputMode(words),
    color: !words.includes('--no-color'),
    command: commandName(words, config.commandIDs),
  };
  endQuietlyWithoutReader();
  endWithReportOnDefect((error) => reportError(error, context));
  try {
    checkCommand(words, config.commandIDs);
    await runWords(words, context.command, config);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    return reportError(error, context);
  }
}

/** Whoever wants help gets it from oclif's own `run`, which loads the configuration once more, and all that help is made of. */
async function runWords(words: readonly string[], command: string, config: Config): Promise<void> {
  const id = command.replace(' ', ':');
  if (config.commandIDs.includes(id) && !asksForHelp(words)) {
    await config.runCommand(id, words.slice(command.split(' ').length));
    return;
  }
  await run([...words], config);
}

/** `spec-kit help evidence show` is what people type; oclif knows `spec-kit evidence show --help`. */
function helpWord(argv: readonly string[]): string[] {
  return argv[0] === 'help' ? [...argv.slice(1), '--help'] : [...argv];
}

/** `spec-kit logs latest | head` closes the pipe early: nothing to complain about, and no reason to stop a mission. */
function endQuietlyWithoutReader(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}

/** What is thrown outside of any promise that we await is a defect; it ends the process, but not without a word. */
function endWithReportOnDefect(report: (error: unknown) => Promise<number>): void {
  const end = async (error: unknown): Promise<never> => process.exit(await report(error));
  process.once('uncaughtException', (error) => void end(error));
}
