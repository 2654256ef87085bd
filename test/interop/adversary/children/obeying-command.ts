/** A plain command that obeys. */
import { readFileSync } from 'node:fs';

import { orderFor, runScript } from './obey.ts';

const { chapter, order } = orderFor(readFileSync(0, 'utf8'));
if (!('run' in order)) throw new Error('a plain command runs scripts only');
runScript(chapter, order.run);
