import { fsck } from '../../../../src/runtime/log/fsck.ts';
import { openLog } from '../../../../src/runtime/log/log.ts';
import { signer } from '../fixed.ts';

/** Reads and checks a log, and says what it found. */
const dir = process.argv[2] ?? '';
const log = openLog(dir, { mode: 'read', verifier: signer });
const { faults } = fsck(dir, { verifier: signer });
process.stdout.write(`${log.size} entries, ${log.entry(log.size - 1).task} last, ${faults.length} faults\n`);
