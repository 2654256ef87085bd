import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { accept, refuse, takeWord } from '../../../../src/runtime/app/host/desk.ts';
import { type Engine, openEngine } from '../../../../src/runtime/app/host/engine.ts';
import type { AskedFor } from '../../../../src/runtime/app/host/inbox.ts';
import { openWorkspace } from '../../../../src/runtime/app/workspace.ts';
import { NexusError } from '../../../../src/base/errors.ts';
import { taskRow } from '../../../../src/runtime/mission/queries.ts';
import { requestKey } from '../../../../src/runtime/mission/records.ts';
import { type AppBench, appBench, SIMPLE_SCRIPT, tasksFile } from '../app-bench.ts';

type Said = Parameters<typeof takeWord>[0];

let bench: AppBench;
beforeEach(() => {
  bench = appBench();
  bench.write('spec/tasks.md', tasksFile(['One', 'Two']));
  bench.write('script.yaml', SIMPLE_SCRIPT);
});
afterEach(() => bench.remove());

/** The workspace open for writing, with nothing running. */
async function atDesk<T>(use: (engine: Engine) => Promise<T>): Promise<T> {
  const context = { cwd: bench.dir, workspace: bench.workspace };
  const engine = await openEngine(openWorkspace(context), context);
  try {
    return await use(engine);
  } finally {
    engine.close();
  }
}

let serial = 0;
const word = (kind: Said['kind'], more: Partial<Said> = {}): Said => ({
  kind,
  id: `r${serial++}`,
  by: 'ann',
  mission: 'latest',
  ...more,
});

/** What was refused must have left no trace. */
async function refused(said: Said): Promise<unknown> {
  return atDesk(async (engine) => {
    const size = engine.log.size;
    const error: unknown = await takeWord(said, engine).then(
      () => 'taken',
      (reason: unknown) => reason,
    );
    expect(engine.log.size).toBe(size);
    return error;
  });
}

describe('the desk', () => {
  it('refuses words that would mean nothing, and writes nothing down then', async () => {
    expect(await refused(word('pause'))).toMatchObject({ code: 'NOT_FOUND' });
    await bench.apply({ requireApproval: ['T002'] });
    expect(await refused(word('approve'))).toMatchObject({
      code: 'MISSION_STATE',
      message: expect.stringContaining('task by task'),
    });
    expect(await refused(word('approve', { task: 'T009' }))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await refused(word('pause'))).toMatchObject({
      code: 'MISSION_STATE',
      message: expect.stringContaining('not being run'),
    });
    await atDesk(async (engine) => takeWord(word('approve', { task: 'T002' }), engine));
    await bench.call('resume', { mission: 'latest' });
    for (const kind of ['cancel', 'retry', 'prioritise', 'pause', 'approve', 'reject'] as const) {
      expect(await refused(word(kind, { task: 'T001', priority: 'P0' })), kind).toMatchObject({ code: 'MISSION_STATE' });
    }
  });

  it('takes a task by either of its ids', async () => {
    await bench.apply({ requireApproval: ['work'] });
    await atDesk(async (engine) => {
      const { id } = await takeWord(word('approve', { task: 'T001' }), engine);
      await takeWord(word('approve', { task: 'work:t002' }), engine);
      expect(['work:t001', 'work:t002'].map((task) => taskRow(engine.log.db, id, task)?.approval)).toEqual(['given', 'given']);
    });
  });

  it('counts a request once, however often it is delivered', async () => {
    await bench.apply({ requireApproval: ['T001'] });
    await atDesk(async (engine) => {
      const said = word('prioritise', { priority: 'P0', note: 'urgent' });
      expect((await takeWord(said, engine)).priority).toBe('P0');
      await takeWord(word('prioritise', { priority: 'P2' }), engine);
      expect((await takeWord(said, engine)).priority).toBe('P2');
      expect([...engine.log.entries({ kinds: ['word.prioritise'] })].map(({ data }) => data)).toEqual([
        { request: said.id, by: 'ann', note: 'urgent', priority: 'P0' },
        { request: expect.any(String), by: 'ann', note: '', priority: 'P2' },
      ]);
    });
  });

  it('closes a mission that is cancelled while nobody runs it, and opens it again for a retry', async () => {
    await bench.apply({ requireApproval: ['T001'] });
    expect(await atDesk(async (engine) => takeWord(word('cancel'), engine))).toMatchObject({ state: 'cancelled' });
    expect(await refused(word('cancel'))).toMatchObject({ code: 'MISSION_STATE' });
    expect(await atDesk(async (engine) => takeWord(word('retry'), engine))).toMatchObject({ state: 'waiting', cancelled: 0 });
  });

  it('answers each request under its key', async () => {
    const mission = await bench.apply();
    const asked: AskedFor = { kind: 'resume', id: 'q1', by: 'ann', mission: mission.id };
    await atDesk(async (engine) => {
      await accept(asked, mission.id, engine);
      await refuse({ ...asked, id: 'q2' }, new NexusError('MISSION_STATE', 'It is over.'), engine);
      await refuse({ ...asked, id: 'q3' }, new TypeError('x is not a function'), engine);
      const answer = (id: string) => engine.log.entryWithKey(requestKey(id));
      expect(answer('q1')).toMatchObject({ kind: 'request.accepted', mission: mission.id });
      expect(answer('q2')).toMatchObject({ kind: 'request.refused', data: { code: 'MISSION_STATE', message: 'It is over.' } });
      expect(answer('q3')).toMatchObject({ kind: 'request.refused', data: { code: 'INTERNAL' } });
    });
  });
});
