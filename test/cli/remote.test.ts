import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { MissionModel } from '../../src/cli/monitor/model/mission-model.ts';
import { remoteLines } from '../../src/cli/remote/remote-lines.ts';
import { remoteCall } from '../../src/cli/remote/remote-call.ts';
import { call } from '../../src/runtime/app/call.ts';
import type { CallContext } from '../../src/runtime/app/operations.ts';
import type { LogLine, MissionView, PlanView, Progress } from '../../src/runtime/app/views.ts';
import { ALL, ServerBench } from '../runtime/serve/server-bench.ts';

let bench: ServerBench;
let context: CallContext;
const before = process.env['XDG_CONFIG_HOME'];
beforeAll(async () => {
  bench = await ServerBench.open();
  process.env['XDG_CONFIG_HOME'] = join(bench.dir, 'config');
  context = { cwd: bench.dir, workspace: join(bench.dir, 'here') };
  mkdirSync(join(bench.dir, 'notes'));
  writeFileSync(join(bench.dir, 'notes', 'spec.md'), '# Notes\n\n## Contracts\n\n- Contract: Note\n  - Schema: `{ id: UUID }`\n');
  writeFileSync(join(bench.dir, 'token'), `${ALL}\n`);
  await call('remote.add', { name: 'lab', url: bench.url, tokenFile: 'token' }, context);
});
afterAll(async () => {
  if (before === undefined) delete process.env['XDG_CONFIG_HOME'];
  else process.env['XDG_CONFIG_HOME'] = before;
  await bench.remove();
});

describe('a remote', () => {
  it('runs a mission that ends in the tree of one that ran here, and is verified here', { timeout: 120_000 }, async () => {
    const told: Progress[] = [];
    const listening = { ...context, onProgress: (progress: Progress) => void told.push(progress) };
    const there = (await remoteCall('apply', { bundle: 'notes' }, { remote: 'lab', context: listening })) as MissionView;
    const here = (await call('apply', { bundle: 'notes' }, context)) as MissionView;
    expect(there).toMatchObject({ kind: 'Mission', state: 'succeeded', gate: { result: 'pass' } });
    expect(there.head).toBe(here.head);
    expect(told[0]).toMatchObject({ type: 'mission', mission: there.id });
    expect(told.filter((each) => each.type === 'task' && each.state === 'succeeded').length).toBe(there.tasks.total);
    expect(told.at(-1)).toMatchObject({ type: 'gate', result: 'pass' });
    const verified = await remoteCall('verify', { target: there.id }, { remote: 'lab', context });
    expect(verified).toMatchObject({ kind: 'Verification', result: 'verified', target: there.id });
  });

  it('is asked for what it knows, and sent a bundle once', async () => {
    const ask = { remote: 'lab', context };
    const size = bench.host.engine.log.size;
    expect(await remoteCall('apply', { bundle: 'notes' }, ask)).toMatchObject({ unchanged: true });
    expect(bench.host.engine.log.size).toBe(size + 1);
    const { items } = await remoteCall('missions', { states: ['succeeded'] }, ask);
    expect(items.length).toBe(1);
    expect((await remoteCall('missions', { states: ['failed'] }, ask)).items).toEqual([]);
    expect(
      (await remoteCall('plan', { bundle: 'notes' }, ask)).tasks.every(({ kind, cached }) => cached || kind === 'gate'),
    ).toBe(true);
    expect(await remoteCall('ledger.prove', { seq: 0 }, ask)).toMatchObject({ kind: 'Proof', seq: 0 });
    await expect(remoteCall('cancel', { mission: 'latest' }, ask)).rejects.toMatchObject({ code: 'MISSION_STATE' });
    await expect(remoteCall('init', { dir: 'x', template: 'native' }, ask)).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('tells the monitor as much as the workspace itself would', async () => {
    const ask = { remote: 'lab', context };
    const mission = 'latest';
    const model = new MissionModel(await remoteCall('graph', { mission }, ask));
    for (const line of (await remoteCall('logs', { mission }, ask)).items) model.add(line);
    const { tasks, state } = await remoteCall('status', { mission }, ask);
    expect({ ...model.counts, total: model.tasks.length }).toEqual(tasks);
    expect(model.mission.state).toBe(state);
    expect((await remoteCall('logs', { mission, after: model.seq ?? 0 }, ask)).items).toEqual([]);
  });

  it('tells the monitor what happens by itself, and goes on where it was left', async () => {
    const { items } = await remoteCall('logs', { mission: 'latest' }, { remote: 'lab', context });
    const follow = remoteLines('lab', 'latest');
    const told: LogLine[] = [];
    const leave = new AbortController();
    const some = { take: (lines: readonly LogLine[]) => (told.push(...lines), leave.abort()), trouble: () => undefined };
    await follow(some, leave.signal);
    const heard = told.length;
    expect(heard).toBeGreaterThan(0);
    await follow({ ...some, take: (lines) => void told.push(...lines) }, new AbortController().signal);
    expect(told).toEqual(items);
  });

  it('runs a mission on, and stays with it', { timeout: 60_000 }, async () => {
    const ask = { remote: 'lab', context };
    writeFileSync(
      join(bench.dir, 'notes', 'spec.md'),
      '# Notes\n\n## Contracts\n\n- Contract: Note\n  - Schema: `{ id: UUID, at: timestamp }`\n',
    );
    const waiting = (await remoteCall('apply', { bundle: 'notes', requireApproval: ['contract:note'] }, ask)) as MissionView;
    expect(waiting).toMatchObject({ state: 'waiting', approvals: [{ task: 'contract:note' }] });
    await remoteCall('reject', { mission: waiting.id, task: 'contract:note' }, ask);
    expect(await remoteCall('resume', { mission: waiting.id }, ask)).toMatchObject({ kind: 'Mission', state: 'failed' });
  });

  it('is sent only what was changed, once', { timeout: 120_000 }, async () => {
    mkdirSync(join(bench.dir, 'many', 'deep'), { recursive: true });
    const write = (at: number, field: string): void => {
      const contract = `## Contracts\n\n- Contract: Part${at}\n  - Schema: \`{ ${field}: UUID }\`\n`;
      const text = `# Part ${at}\n\n${at % 4 === 3 ? contract : 'Prose.\n'}`;
      writeFileSync(join(bench.dir, 'many', at % 2 === 0 ? 'deep' : '', `part-${at}.md`), text);
    };
    for (let at = 0; at < 12; at += 1) write(at, 'id');
    const ask = { remote: 'lab', context };
    const bytesSent = async (work: () => Promise<unknown>): Promise<number[]> => {
      const spy = vi.spyOn(globalThis, 'fetch');
      try {
        await work();
        return spy.mock.calls.flatMap(([, init]) => (init?.method === 'PUT' ? [(init.body as Uint8Array).byteLength] : []));
      } finally {
        spy.mockRestore();
      }
    };
    const here = (await call('plan', { bundle: 'many' }, context)).tasks;
    let plan: typeof here = [];
    const planThere = async (): Promise<void> => void ({ tasks: plan } = await remoteCall('plan', { bundle: 'many' }, ask));
    expect(await bytesSent(planThere)).toHaveLength(12);
    expect(plan.map(({ id }) => id)).toEqual(here.map(({ id }) => id));
    expect(await bytesSent(planThere)).toEqual([]);
    write(7, 'key');
    let there: MissionView | undefined;
    const applyThere = async (): Promise<void> =>
      void (there = (await remoteCall('apply', { bundle: 'many' }, ask)) as MissionView);
    const changed = statSync(join(bench.dir, 'many', 'part-7.md')).size;
    expect(await bytesSent(applyThere)).toEqual([changed]);
    expect(there).toMatchObject({ state: 'succeeded' });
    expect(there?.head).toBe(((await call('apply', { bundle: 'many' }, context)) as MissionView).head);
  });

  it('reads a bundle under the name that it has here, even if others keep theirs in a folder of that name', async () => {
    const text = readFileSync(join(bench.dir, 'notes', 'spec.md'));
    for (const bundle of ['specs', '.kiro']) {
      mkdirSync(join(bench.dir, bundle), { recursive: true });
      writeFileSync(join(bench.dir, bundle, 'a.md'), text);
      const sourceOf = ({ tasks }: PlanView): unknown => tasks.map(({ id, source }) => [id, source]);
      const there = await remoteCall('plan', { bundle }, { remote: 'lab', context });
      expect(sourceOf(there)).toEqual(sourceOf(await call('plan', { bundle }, context)));
    }
  });

  it('keeps its token to itself', async () => {
    const file = join(bench.dir, 'config', 'agentnexus', 'remotes.json');
    expect(statSync(file).mode & 0o077).toBe(0);
    expect(readFileSync(file, 'utf8')).toContain(ALL);
    expect(JSON.stringify(await call('remote.list', {}, context))).not.toContain(ALL);
    const elsewhere = { name: 'far', url: 'http://agents.example', tokenFile: 'token' };
    await expect(call('remote.add', elsewhere, context)).rejects.toThrow('in the clear');
    await call('remote.add', { name: 'gone', url: 'http://127.0.0.1:9', tokenFile: 'token' }, context);
    const nobody = remoteCall('missions', {}, { remote: 'gone', context });
    await expect(nobody).rejects.toMatchObject({ code: 'REMOTE_UNREACHABLE' });
    await call('remote.remove', { name: 'gone' }, context);
    await expect(remoteCall('missions', {}, { remote: 'gone', context })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
