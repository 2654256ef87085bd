import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { openKeyFile } from '../../src/runtime/log/key-file.ts';
import { openLog } from '../../src/runtime/log/log.ts';
import { formatVkey, noteSigner } from '../../src/runtime/log/signed-note.ts';
import { publishLog } from '../../src/runtime/vault/ledger/publish-log.ts';
import { folderPlace } from '../../src/runtime/vault/promote/folder-place.ts';
import { findPeer, needPeer, type Peer, PEER_TIMEOUT } from './peers.ts';
import { runTool } from './run-tool.ts';

let fsck: Peer;
let dir: string;
beforeAll(async () => {
  fsck = await findPeer('fsck');
  dir = mkdtempSync(join(tmpdir(), 'published-'));
}, PEER_TIMEOUT);
afterAll(() => rmSync(dir, { recursive: true }));

it("Tessera's fsck accepts the published log as it grows, and not one with a changed tile", async (context) => {
  const path = needPeer(context, fsck);
  const signer = noteSigner('log.example', openKeyFile(join(dir, 'log.key'), 'ed25519'));
  writeFileSync(join(dir, 'log.pub'), `${formatVkey(signer)}\n`);
  const log = openLog(join(dir, 'log'), { mode: 'write', clock: { now: () => 0 }, signer });
  const check = (...flags: string[]) =>
    runTool(
      path,
      [
        ...flags,
        `--storage_url=${pathToFileURL(join(dir, 'public')).href}/`,
        `--public_key=${join(dir, 'log.pub')}`,
        '--ui=false',
      ],
      { timeout: 20_000 },
    );
  try {
    for (const count of [1, 255, 300, 5000]) {
      await log.append(Array.from({ length: count }, (_, at) => ({ kind: 'test', data: { count, at } })));
      const { size } = await publishLog(log, folderPlace(join(dir, 'public')), { verifier: signer });
      expect((await check()).stderr).toContain(`Successfully fsck'd log with size ${size}`);
    }
  } finally {
    log.close();
  }
  const tile = join(dir, 'public', 'tile', '0', '003');
  const bytes = readFileSync(tile);
  bytes.writeUInt8(bytes.readUInt8(700) ^ 1, 700);
  writeFileSync(tile, bytes);
  // It says so, and does not end by itself (1.0.4).
  const said = await check('-v=3').catch((error: { stderr: string }) => error);
  expect(said.stderr).toContain('Tiles/0: \n[0, 3):OK, [3, 4):Invalid');
});
