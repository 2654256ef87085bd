import { createPublicKey } from 'node:crypto';

import { openKeyFile } from '../../../../src/runtime/log/key-file.ts';

/** Opens a key file and prints the public key. */
const key = openKeyFile(process.argv[2] ?? '', 'ed25519');
process.stdout.write(createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('hex'));
