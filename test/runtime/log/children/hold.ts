import { systemClock } from '../../../../src/base/clock.ts';
import { systemCode } from '../../../../src/base/errors.ts';
import { openLog } from '../../../../src/runtime/log/log.ts';
import { signer } from '../fixed.ts';

/** Opens the log for writing, says how that went, and holds it until stdin ends. */
try {
  const log = openLog(process.argv[2] ?? '', { mode: 'write', clock: systemClock, signer });
  // Keeps the log reachable: a connection that is garbage gives its lock back.
  process.stdin.once('end', () => log.close());
  process.stdout.write('open\n');
} catch (error) {
  process.stdout.write(`${systemCode(error)}\n`);
}
process.stdin.resume();
