import { writeSync } from 'node:fs';

import { systemClock } from '../../../../src/base/clock.ts';
import { openLog } from '../../../../src/runtime/log/log.ts';
import { draft, signer } from '../fixed.ts';

/** Appends until it is killed; says on stdout how many entries were acknowledged, after each commit. */
const [, , dir = '', width = '1'] = process.argv;
const log = openLog(dir, { mode: 'write', clock: systemClock, signer, signing: { every: 2, within: 50 } });
for (let at = log.size; ; at = log.size) {
  const calls = Array.from({ length: Number(width) }, (_, i) => log.append([draft(at + 2 * i), draft(at + 2 * i + 1)]));
  await Promise.all(calls);
  writeSync(1, `${log.size}\n`);
}
