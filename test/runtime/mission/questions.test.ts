import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { systemClock } from '../../../src/base/clock.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { openWorkspace } from '../../../src/runtime/app/workspace.ts';
import { openWriterLog } from '../../../src/runtime/app/host/writer-log.ts';
import type { Log } from '../../../src/runtime/log/log.ts';
import { chronicleOf } from '../../../src/runtime/mission/chronicle-of.ts';
import { questionRow } from '../../../src/runtime/mission/question-rows.ts';
import { type Asker, Questions } from '../../../src/runtime/mission/questions.ts';
import { wordSaid } from '../../../src/runtime/mission/records.ts';
import type { Action } from '../../../src/runtime/policy/action.ts';
import { aTask } from './a-task.ts';

const task = aTask('work:t1', { kind: 'work', ability: 'model', title: 'Do it' });
const run = (...argv: [string, ...string[]]): Action => ({ kind: 'run', argv });

let dir: string;
let log: Log;
let told: string[];
const keys = process.env['AGENTNEXUS_KEYS'];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'questions-'));
  process.env['AGENTNEXUS_KEYS'] = join(dir, 'keys');
  log = openWriterLog(openWorkspace({ cwd: dir, workspace: join(dir, 'w') }));
  told = [];
});
afterEach(() => {
  log.close();
  if (keys === undefined) delete process.env['AGENTNEXUS_KEYS'];
  else process.env['AGENTNEXUS_KEYS'] = keys;
  rmSync(dir, { recursive: true, force: true });
});

/** Answers each question as soon as it is told of it. */
function asking(answer: 'approve' | 'reject' | undefined, more: Partial<Asker> = {}) {
  const questions = new Questions({ log, clock: systemClock, redact: masked });
  const identity = { mission: 'm', task: task.id, title: task.title, kind: task.kind };
  const { chronicle } = chronicleOf(identity, 1, (drafts) => log.append(drafts));
  const tell: Asker['tell'] = (state, reason = '') => {
    if (state === 'running') return;
    told.push(reason);
    const [question = ''] = /q\d+(?=`)/.exec(reason) ?? [];
    const word = { request: reason, by: 'ann', question };
    if (answer !== undefined) void log.append([wordSaid(answer, { mission: 'm', task }, word)]);
  };
  const asker: Asker = {
    mission: 'm',
    task: task.id,
    attempt: 1,
    agent: 'a/work:t1/1',
    within: () => 400,
    chronicle,
    signal: new AbortController().signal,
    tell,
    ...more,
  };
  const ask = questions.of(asker);
  return async (action: Action) => {
    const answered = await ask({ action, decision: { verdict: 'ask', rule: 'author asks about run' } });
    const decision = { verdict: answered.allowed ? 'allow' : 'deny', ...answered } as const;
    await chronicle({ kind: 'agent.decision', agent: asker.agent, action, decision });
    return answered;
  };
}

const masked = (data: JsonObject): JsonObject => JSON.parse(JSON.stringify(data).replaceAll('canary-key', '[secret KEY]'));

describe('a question', () => {
  it('is answered by whoever says so, and a yes counts once', async () => {
    const ask = asking('approve');
    expect(await ask(run('make'))).toEqual({ allowed: true, rule: 'ann said yes', question: 'q1' });
    expect(questionRow(log.db, 'm', 'q1')).toMatchObject({ state: 'used', said_by: 'ann', asks: 'to run make' });
    expect(await ask(run('make'))).toMatchObject({ question: 'q2' });
  });

  it('that was answered by a no is not put again by the same attempt', async () => {
    const ask = asking('reject');
    expect(await ask(run('make'))).toEqual({ allowed: false, rule: 'ann said no', question: 'q1' });
    expect(await ask(run('make'))).toEqual({ allowed: false, rule: 'it was told no before' });
    expect(told).toHaveLength(1);
  });

  it('ends in a no where nobody answers, where the attempt is stopped, and where nobody is there', async () => {
    expect(await asking(undefined)(run('a'))).toMatchObject({ allowed: false, rule: 'nobody said yes in time' });
    expect(questionRow(log.db, 'm', 'q1')).toMatchObject({ state: 'expired' });
    expect(await asking(undefined, { signal: AbortSignal.abort() })(run('b'))).toMatchObject({ allowed: false });
    expect(await asking('approve', { within: () => undefined })(run('c'))).toMatchObject({ allowed: false });
    expect(await asking('approve', { within: () => 0 })(run('d'))).toMatchObject({ allowed: false });
  });

  it('shows all of what it is about, or is not put; quotes keep words apart; secrets are taken out', async () => {
    const ask = asking('approve');
    expect(await ask(run('make', 'x'.repeat(2_000)))).toMatchObject({
      allowed: false,
      rule: 'it is too long to be shown to a person',
    });
    await ask(run('rm', 'a b', 'canary-key', '\u001b[2J'));
    expect(told).toEqual([expect.stringContaining('it asks to run rm "a b" "[secret KEY]" "\\u001b[2J": ')]);
  });

  it('is put no more than twenty times by one attempt', async () => {
    const ask = asking('approve');
    for (let at = 0; at < 20; at++) expect(await ask(run('make', String(at)))).toMatchObject({ allowed: true });
    expect(await ask(run('make', 'more'))).toMatchObject({ allowed: false, rule: 'it has asked more than 20 times' });
  });
});
