import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { ApplyRequest } from '../../../../src/runtime/app/operations.ts';
import { withPrompt } from '../../../../src/runtime/app/source/read-prompt.ts';

const PROMPT = {
  id: '0199a3c2-7d10-7aaa-8bbb-0123456789ab',
  objective: 'Have something to read',
  priority: 'P0',
  originatingSpec: 'notes',
  createdAt: '2026-05-01T10:00:00Z',
};
const INVALID = { code: 'PROMPT_INVALID', exitCode: 2 };

let cwd: string;
beforeEach(() => {
  cwd = realpathSync(mkdtempSync(join(tmpdir(), 'prompt-')));
  mkdirSync(join(cwd, 'ask', 'notes'), { recursive: true });
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const write = (text: string | Uint8Array) => writeFileSync(join(cwd, 'ask', 'prompt.json'), text);

/** `apply --prompt` of a prompt with these members. */
async function read(members: Record<string, unknown> = {}, more: Partial<ApplyRequest> = {}) {
  write(JSON.stringify({ ...PROMPT, ...members }));
  return withPrompt({ prompt: 'ask/prompt.json', ...more }, { cwd });
}

describe('a MissionPrompt', () => {
  it('says what the bundle is: a path beside it, or a URI', async () => {
    const notes = join(cwd, 'ask', 'notes');
    expect(await read()).toEqual({ bundle: notes, mission: { ...PROMPT, originatingSpec: pathToFileURL(notes).href } });
    expect((await read({ originatingSpec: pathToFileURL(notes).href })).bundle).toBe(notes);
    mkdirSync(join(cwd, 'my notes#1'));
    expect((await read({ originatingSpec: pathToFileURL(join(cwd, 'my notes#1')).href })).bundle).toBe(join(cwd, 'my notes#1'));
    const git = 'https://example.com/shop.git@v1#specs';
    expect((await read({ originatingSpec: git })).bundle).toBe(git);
    expect((await read({ originatingSpec: 'file:///srv/shop.git@v1#specs' })).bundle).toBe('file:///srv/shop.git@v1#specs');
  });

  it('has an id in one form', async () => {
    expect((await read({ id: PROMPT.id.toUpperCase() })).mission?.id).toBe(PROMPT.id);
    expect((await read({ id: `urn:uuid:${PROMPT.id}` })).mission?.id).toBe(PROMPT.id);
  });

  it('may be repeated by BUNDLE and --priority, in any words that mean the same', async () => {
    symlinkSync(join(cwd, 'ask'), join(cwd, 'link'));
    for (const bundle of ['ask/notes', './ask/notes/', 'link/notes', join(cwd, 'ask/notes')]) {
      expect((await read({}, { bundle, priority: 'P0' })).bundle).toBe(bundle);
    }
    const [git, same] = ['https://example.com/shop.git@v1#specs', 'git+https://ann:secret@example.com/shop.git@v1#/specs/'];
    expect((await read({ originatingSpec: git }, { bundle: same })).bundle).toBe(same);
    await expect(read({ originatingSpec: git }, { bundle: 'https://example.com/shop.git@v2#specs' })).rejects.toMatchObject(
      INVALID,
    );
    await expect(read({}, { bundle: 'ask' })).rejects.toMatchObject({
      ...INVALID,
      message: expect.stringContaining('not about ask'),
    });
    await expect(read({}, { priority: 'P1' })).rejects.toMatchObject({
      ...INVALID,
      message: expect.stringContaining('P0, and not P1'),
    });
  });

  it.each<[string, Record<string, unknown>]>([
    ['no id', { id: undefined }],
    ['an id that is none', { id: 'latest' }],
    ['an id that leads out', { id: '../../etc' }],
    ['no objective', { objective: undefined }],
    ['an objective that is no text', { objective: 7 }],
    ['another priority', { priority: 'P3' }],
    ['no source', { originatingSpec: '' }],
    ['a day for a time', { createdAt: '2026-05-01' }],
    ['more than there is', { budget: 5 }],
    ['an objective that is a document', { objective: 'x'.repeat(20_000) }],
  ])('with %s is refused', async (_what, members) => {
    await expect(read(members)).rejects.toMatchObject(INVALID);
  });

  it('names every fault', async () => {
    await expect(read({ id: '7', priority: 'P9' })).rejects.toMatchObject({
      details: {
        faults: ['id must match format "uuid"', 'priority must be equal to one of the allowed values: "P0", "P1", "P2"'],
      },
    });
  });

  it.each([
    ['nothing', ''],
    ['no JSON', '{'],
    ['a list', '[]'],
    ['null', 'null'],
    ['one name twice', JSON.stringify(PROMPT).replace('{', '{"id":"x",')],
    ['other bytes than UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
  ])('that is %s is refused', async (_what, text) => {
    write(text);
    await expect(withPrompt({ prompt: 'ask/prompt.json' }, { cwd })).rejects.toMatchObject(INVALID);
  });

  it('has to be there, as has something to apply', async () => {
    await expect(withPrompt({ prompt: 'none.json' }, { cwd })).rejects.toMatchObject(INVALID);
    await expect(withPrompt({ prompt: 'ask' }, { cwd })).rejects.toMatchObject(INVALID);
    await expect(withPrompt({}, { cwd })).rejects.toMatchObject({ code: 'USAGE' });
    expect(await withPrompt({ bundle: 'x', jobs: 2 }, { cwd })).toEqual({ bundle: 'x', jobs: 2 });
  });
});
