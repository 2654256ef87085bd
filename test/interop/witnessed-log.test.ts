import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { cosignedAt, parseWitnessKey, type WitnessKey, witnessKeyId } from '../../src/runtime/log/cosignature.ts';
import { openKeyFile } from '../../src/runtime/log/key-file.ts';
import { type Log, openLog } from '../../src/runtime/log/log.ts';
import { formatVkey, noteSigner } from '../../src/runtime/log/signed-note.ts';
import { askWitness } from '../../src/runtime/vault/ledger/ask-witness.ts';
import { freePort } from '../support/free-port.ts';
import { findPeer, needPeer, type Peer, PEER_TIMEOUT } from './peers.ts';
import { runTool } from './run-tool.ts';

const NAME = 'witness.example/lite';

let litewitness: Peer;
let dir: string;
const started: ChildProcess[] = [];
beforeAll(async () => {
  litewitness = await findPeer('litewitness');
  dir = mkdtempSync(join(tmpdir(), 'witnessed-'));
}, PEER_TIMEOUT);
afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});

const log = (name: string): Log =>
  openLog(join(dir, name), { mode: 'write', clock: { now: () => 0 }, signer: noteSigner('log.example', logKey()) });
const logKey = () => openKeyFile(join(dir, 'log.key'), 'ed25519');
const draft = (at: number) => ({ kind: 'test', data: { at } });

/** The witness's key lies with an agent of SSH, which signs for it. */
async function agent(): Promise<{ socket: string; fingerprint: string; key: WitnessKey }> {
  const [file, socket] = [join(dir, 'witness'), join(dir, 'agent.sock')];
  await runTool('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
  started.push(spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' }));
  while (!existsSync(socket)) await wait(20);
  await runTool('ssh-add', [file], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
  const blob = Buffer.from(readFileSync(`${file}.pub`, 'utf8').split(' ')[1] ?? '', 'base64');
  const raw = Buffer.concat([Buffer.from([4]), blob.subarray(-32)]);
  const fingerprint = `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
  return { socket, fingerprint, key: parseWitnessKey(`${NAME}+${witnessKeyId(NAME, raw)}+${raw.toString('base64')}`) };
}

/** What `witnessctl add-key` writes: the log, empty so far, and its key. */
function introduce(path: string, vkey: string): void {
  const db = new Sqlite(path);
  db.exec(`CREATE TABLE log (origin TEXT PRIMARY KEY, tree_size INTEGER NOT NULL, tree_hash TEXT NOT NULL);
    CREATE TABLE key (origin TEXT NOT NULL, key TEXT NOT NULL, FOREIGN KEY(origin) REFERENCES log(origin))`);
  db.prepare('INSERT INTO log VALUES (?, 0, ?)').run('log.example', createHash('sha256').digest('base64'));
  db.prepare('INSERT INTO key VALUES (?, ?)').run('log.example', vkey);
  db.close();
}

it('litewitness cosigns our checkpoints as the log grows, and none of another history', { timeout: 120_000 }, async (context) => {
  const path = needPeer(context, litewitness);
  const { socket, fingerprint, key } = await agent();
  introduce(join(dir, 'witness.db'), formatVkey(noteSigner('log.example', logKey())));
  const url = `http://127.0.0.1:${await freePort()}`;
  const args = [
    '-db',
    join(dir, 'witness.db'),
    '-ssh-agent',
    socket,
    '-key',
    fingerprint,
    '-name',
    NAME,
    '-listen',
    url.slice(7),
  ];
  started.push(spawn(path, [...args, '-obscurity'], { stdio: 'ignore' }));
  while ((await fetch(url).catch(() => undefined)) === undefined) await wait(50);
  using grown = { log: log('grown'), [Symbol.dispose]: () => grown.log.close() };
  for (const count of [1, 299, 700]) {
    await grown.log.append(Array.from({ length: count }, (_, at) => draft(at)));
    const note = grown.log.checkpoint()?.note ?? '';
    const { line, at } = await askWitness(grown.log, note, { url, key });
    expect(cosignedAt(note, [line], key)).toBe(Date.parse(at) / 1000);
  }
  using forked = { log: log('forked'), [Symbol.dispose]: () => forked.log.close() };
  await forked.log.append(Array.from({ length: 1500 }, (_, at) => draft(-at)));
  const refused = askWitness(forked.log, forked.log.checkpoint()?.note ?? '', { url, key });
  await expect(refused).rejects.toMatchObject({ code: 'WITNESS_REFUSED' });
});
