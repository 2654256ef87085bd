/**
 * A process that drives both missions of the workspace to their end, and says on stdout what was acknowledged to it. Kills itself at the boundary
 * that it is given, or is killed from outside.
 */
import { writeSync } from 'node:fs';

import { driveMissions, openIn } from '../two-missions.ts';

const [, , dir = '', at = '0'] = process.argv;

/** At once: what is said has left this process, whatever becomes of it then. */
function say(...words: unknown[]): void {
  try {
    writeSync(1, `${words.join(' ')}\n`);
  } catch {
    // Whoever listened is gone.
    process.exit(1);
  }
}

say('alive');
const opened = openIn(dir);
const heads = await driveMissions(opened, {
  promptly: () => process.pid % 2 === 0,
  at({ number, what, when }) {
    if (number === Number(at)) process.kill(process.pid, 'SIGKILL');
    say('boundary', number, what, when);
  },
  acknowledged(entries) {
    for (const { seq, kind, task } of entries) say('acknowledged', seq, kind, task ?? '');
  },
});
opened.log.close();
say('done', JSON.stringify(heads));
