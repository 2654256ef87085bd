import { systemClock } from '../../../../src/base/clock.ts';
import { systemCode } from '../../../../src/base/errors.ts';
import { openLog } from '../../../../src/runtime/log/log.ts';
import { signer } from '../fixed.ts';

/** Opens the log for writing, says how that went, and holds it until stdin ends. */
try {
  openLog(process.argv[2] ?? '', { mode: 'write', clock: systemClock, signer });
  process.stdout.write('open\n');
} catch (error) {
  process.stdout.write(`${systemCode(error)}\n`);
}
process.stdin.resume();
