import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import {
  type AskedFor,
  parseRequest,
  putRequest,
  standingOf,
  watchInbox,
  withdraw,
} from '../../../../src/runtime/app/host/inbox.ts';
import { openWorkspace, type Workspace } from '../../../../src/runtime/app/workspace.ts';

let dir: string;
let workspace: Workspace;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'inbox-'));
  workspace = openWorkspace({ cwd: dir, workspace: 'ws' });
  mkdirSync(join(workspace.dir, 'inbox'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const pause = (id: string): AskedFor => ({ kind: 'pause', id, by: 'ann', mission: 'm' });
const names = () => readdirSync(join(workspace.dir, 'inbox'));
const drop = (name: string, text: string | Uint8Array) => writeFileSync(join(workspace.dir, 'inbox', name), text);

/** Watches until nothing is left, and says what was handed over. */
async function watched(take: (request: AskedFor) => Promise<void> = async () => undefined): Promise<AskedFor[]> {
  const taken: AskedFor[] = [];
  const stop = watchInbox(workspace, async (request) => {
    taken.push(request);
    await take(request);
  });
  while (names().some((name) => /\.(?:json|taken)$/.test(name) && !name.startsWith('.'))) await wait(5);
  await stop();
  return taken;
}

describe('a request', () => {
  it.each<AskedFor>([
    pause('1'),
    { kind: 'retry', id: '1', by: 'ann', mission: 'm', task: 't', note: 'again' },
    { kind: 'prioritise', id: '1', by: 'ann', mission: 'm', priority: 'P0' },
    { kind: 'resume', id: '1', by: 'ann', mission: 'm' },
    { kind: 'apply', id: '1', by: 'ann', input: { bundle: 'spec' }, cwd: '/', workspace: '/ws' },
  ])('$kind is read as it was written', (request) => {
    putRequest(workspace, request);
    expect(parseRequest(JSON.stringify(request))).toEqual(request);
    expect(names()).toEqual(['1.json']);
  });

  it.each([
    '',
    '{',
    'null',
    '[]',
    '"pause"',
    '{}',
    '{"id":1,"by":"ann","kind":"pause","mission":"m"}',
    '{"id":"","by":"ann","kind":"pause","mission":"m"}',
    '{"id":"1","kind":"pause","mission":"m"}',
    '{"id":"1","by":"ann","kind":"destroy","mission":"m"}',
    '{"id":"1","by":"ann","kind":"toString","mission":"m"}',
    '{"id":"1","by":"ann","kind":"pause"}',
    '{"id":"1","by":"ann","kind":"pause","mission":{}}',
    '{"id":"1","by":"ann","kind":"retry","mission":"m","task":7}',
    '{"id":"1","by":"ann","kind":"retry","mission":"m","note":[]}',
    '{"id":"1","by":"ann","kind":"prioritise","mission":"m"}',
    '{"id":"1","by":"ann","kind":"prioritise","mission":"m","priority":"P9"}',
    '{"id":"1","by":"ann","kind":"apply","input":{},"cwd":"/","workspace":"/ws"}',
    '{"id":"1","by":"ann","kind":"apply","input":{"bundle":"spec"},"workspace":"/ws"}',
    '{"id":"1","by":"ann","kind":"apply","input":"spec","cwd":"/","workspace":"/ws"}',
  ])('is not `%s`', (text) => {
    expect(parseRequest(text)).toBeUndefined();
  });

  it('is never made of anything by an error', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.object().map((value) => JSON.stringify({ id: '1', by: 'ann', kind: 'pause', ...value })),
        ),
        (text) => {
          const request = parseRequest(text);
          if (request !== undefined) expect(typeof request.id).toBe('string');
        },
      ),
    );
  });
});

describe('the inbox', () => {
  it('is handed over in the order of ids, and emptied; what is no request goes without a word', async () => {
    for (const id of ['0003', '0001', '0002']) putRequest(workspace, pause(id));
    drop('0000.json', '{"half": ');
    drop('0004.json', Buffer.alloc(2_000_000, 0x20));
    drop('0005.json', Buffer.from([0xff, 0xfe, 0x00]));
    drop('.12-0.tmp', 'half written');
    drop('.hidden.json', '{}');
    const taken = await watched();
    expect(taken.map(({ id }) => id)).toEqual(['0001', '0002', '0003']);
    expect(names().toSorted()).toEqual(['.12-0.tmp', '.hidden.json']);
  });

  it('keeps a request until it has been taken, and hands it over again if it could not be', async () => {
    putRequest(workspace, pause('1'));
    let tries = 0;
    const taken = await watched(async () => {
      expect(standingOf(workspace, '1')).toBe('taken');
      if (++tries === 1) throw new Error('the disk is full');
    });
    expect(taken).toHaveLength(2);
    expect(standingOf(workspace, '1')).toBe('gone');
  });

  it('forgets what was withdrawn, also twice, and bears to be missing', async () => {
    putRequest(workspace, pause('1'));
    withdraw(workspace, '1');
    withdraw(workspace, '1');
    rmSync(join(workspace.dir, 'inbox'), { recursive: true });
    const stop = watchInbox(workspace, async () => expect.unreachable());
    await wait(10);
    await stop();
    expect(existsSync(join(workspace.dir, 'inbox'))).toBe(false);
  });
});
