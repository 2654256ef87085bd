import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type Lock, withEveryPlatform } from './lock/platform-packages.ts';

const path = join(import.meta.dirname, '..', 'package-lock.json');
const lock = JSON.parse(await readFile(path, 'utf8')) as Lock;
await writeFile(path, `${JSON.stringify(withEveryPlatform(lock), null, 2)}\n`);
