import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';

import type { Fault, Reply } from '../../../support/scripted-model/serve-model.ts';
import { closeBench, type Ran, runScripted } from './model-bench.ts';

afterEach(closeBench);

const write = (path: string, content: string): Reply => ({ calls: [{ name: 'write', arguments: { path, content } }] });
const DONE: Reply = { text: 'All done.' };
const kinds = ({ events }: Ran) => events.map(({ kind }) => kind);

describe.each(['responses', 'chat'] as const)('a model that speaks %s', (wire) => {
  it('reads, writes, edits, runs, and ends with its last words', async () => {
    const ran = await runScripted(
      [
        { thought: 'First look.', text: 'I look.', calls: [{ name: 'read', arguments: { path: 'a.txt' } }] },
        { calls: [{ name: 'write', arguments: { path: 'new/b.txt', content: 'one\ntwo\n' } }] },
        { calls: [{ name: 'edit', arguments: { path: 'new/b.txt', old: 'two', new: '2' } }] },
        { calls: [{ name: 'run', arguments: { command: ['node', '-e', 'console.log(6 * 7)'] } }] },
        DONE,
      ],
      { wire, files: { 'a.txt': 'hello' } },
    );
    expect(ran.end).toEqual({ end: 'done', text: 'All done.' });
    expect(ran.read('new/b.txt')).toBe('one\n2\n');
    const last = JSON.stringify(ran.model.requests.at(-1)?.body);
    expect(last).toContain('hello');
    expect(last).toContain('42\\n[exit code 0]');
    const said = ran.events.flatMap((event) => (event.kind === 'said' ? [event.piece] : []));
    expect(
      said
        .filter(({ kind }) => kind === 'text')
        .map(({ text }) => text)
        .join(''),
    ).toBe('I look.All done.');
    expect(
      said
        .filter(({ kind }) => kind === 'thought')
        .map(({ text }) => text)
        .join(''),
    ).toBe('First look.');
    expect(ran.events.findLast((event) => event.kind === 'usage')).toMatchObject({ total: { input: 500, output: 100 } });
  });

  it('does several calls of one answer in their order', async () => {
    const ran = await runScripted(
      [{ calls: [...(write('x', '1').calls ?? []), { name: 'edit', arguments: { path: 'x', old: '1', new: '2' } }] }, DONE, DONE],
      { wire },
    );
    expect(ran.end.end).toBe('done');
    expect(ran.read('x')).toBe('2');
  });

  it('never executes a call whose arguments were cut off, and goes on', async () => {
    const ran = await runScripted([{ ...write('a.txt', 'x'.repeat(500)), faults: [{ kind: 'truncated' }] }, DONE], { wire });
    expect(ran.end.end).toBe('done');
    const calls = ran.events.filter(({ kind }) => kind === 'call');
    expect(calls).toHaveLength(1);
    expect(JSON.stringify(ran.model.requests[1]?.body)).toContain('nothing was executed');
    expect(JSON.stringify(ran.model.requests[1]?.body)).not.toContain('xxxx');
  });

  it('never executes calls that look whole in an answer that was cut off', async () => {
    const ran = await runScripted(() => ({ calls: [{ name: 'run', arguments: '["x"]' }], faults: [{ kind: 'truncated' }] }), {
      wire,
    });
    expect(ran.end).toMatchObject({ end: 'failed', reason: expect.stringContaining('token limit') });
    expect(kinds(ran)).not.toContain('begun');
  });

  it('tells the model when its arguments are no JSON, and sends the server none of them', async () => {
    const ran = await runScripted([{ calls: [{ name: 'write', arguments: '{"path": "a' }] }, DONE], { wire });
    expect(ran.end.end).toBe('done');
    expect(existsSync(join(ran.root, 'a'))).toBe(false);
    const sent = JSON.stringify(ran.model.requests[1]?.body);
    expect(sent).toContain('no whole JSON');
    expect(sent).not.toContain('{\\"path\\": \\"a');
  });

  it.each<[string, Fault]>([
    ['breaks off', { kind: 'cut' }],
    ['ends before it says that it ends', { kind: 'unfinished' }],
    ['is garbage', { kind: 'garbage' }],
    ['is an internal error', { kind: 'status', status: 500 }],
    ['is a rate limit', { kind: 'status', status: 429, headers: { 'retry-after': '7' } }],
  ])('asks again when the answer %s, and does the work once', async (_, fault) => {
    const ran = await runScripted(
      [
        { ...write('a.txt', 'a'), faults: [fault] },
        { ...DONE, faults: [fault, fault] },
      ],
      { wire },
    );
    expect(ran.end).toEqual({ end: 'done', text: 'All done.' });
    expect(kinds(ran).filter((kind) => kind === 'begun')).toHaveLength(1);
    expect(ran.model.requests).toHaveLength(5);
    expect(ran.waits).toHaveLength(3);
    if (fault.kind === 'status' && fault.status === 429) expect(ran.waits).toEqual([7000, 7000, 7000]);
  });

  it('gives up on a server that stays broken, and says why', async () => {
    const ran = await runScripted(() => ({ faults: [{ kind: 'unfinished' }] }), { wire });
    expect(ran.end).toMatchObject({ end: 'failed', reason: expect.stringMatching(/broke off.*asked 5 times/) });
    expect(ran.model.requests).toHaveLength(5);
  });

  it('does not begin a wait that is longer than what is left', async () => {
    const ran = await runScripted([{ faults: [{ kind: 'status', status: 429, headers: { 'retry-after': '3600' } }] }], { wire });
    expect(ran.end).toMatchObject({ end: 'failed', reason: expect.stringContaining('3600 s') });
    expect(ran.waits).toEqual([]);
  });

  it('does not ask again when the budget is spent', async () => {
    const body = { error: { message: 'The energy is spent.', code: 'energy_budget_spent', type: 'budget' } };
    const ran = await runScripted([{ faults: [{ kind: 'status', status: 429, body }] }], { wire });
    expect(ran.end).toMatchObject({ end: 'failed', reason: expect.stringContaining('energy is spent') });
    expect(ran.model.requests).toHaveLength(1);
  });

  it('fails when a stream falls silent', async () => {
    const ran = await runScripted(
      [{ text: 'x'.repeat(40), faults: Array.from({ length: 5 }, () => ({ kind: 'hang' as const })) }],
      { wire, idleMs: 60 },
    );
    expect(ran.end).toMatchObject({ end: 'failed', reason: expect.stringContaining('nothing came') });
  });

  it('waits for a server that is slow', async () => {
    const ran = await runScripted([{ text: 'slow', faults: [{ kind: 'drip', everyMs: 20 }] }], { wire });
    expect(ran.end).toEqual({ end: 'done', text: 'slow' });
    expect(ran.model.requests).toHaveLength(1);
  });

  it('makes room when the conversation is too long', async () => {
    const tooLong: Fault = {
      kind: 'status',
      status: 400,
      body: { error: { message: "This model's maximum context length is 8192 tokens.", code: 'context_length_exceeded' } },
    };
    const reads = Array.from({ length: 8 }, (_, index): Reply => ({
      calls: [{ name: 'read', arguments: { path: 'big.txt', offset: index + 1 } }],
      ...(index === 7 ? { faults: [tooLong, tooLong] } : {}),
    }));
    const big = Array.from({ length: 100 }, (_, index) => `line ${index} ${'.'.repeat(80)}`).join('\n');
    const ran = await runScripted([...reads, DONE], { wire, files: { 'big.txt': big }, task: 'Read big.txt' });
    const compacted = ran.events.filter(({ kind }) => kind === 'compacted');
    expect(compacted).toHaveLength(2);
    const [full, stubbed, halved] = ran.model.requests.slice(7).map(({ text }) => text);
    expect(stubbed!.length).toBeLessThan(full!.length / 2);
    expect(halved!.length).toBeLessThan(stubbed!.length);
    expect(halved).toContain('Read big.txt');
    expect(halved).toContain('Older parts of this conversation were left out');
    assertCallsHaveAnswers(ran.model.requests[9]!.body);
  });

  it('fails clearly when the task alone is too long', async () => {
    const fault: Fault = {
      kind: 'status',
      status: 400,
      body: { error: { message: 'prompt is too long: 3 tokens > 2', type: 'invalid' } },
    };
    const ran = await runScripted([{ faults: [fault] }], { wire });
    expect(ran.end).toMatchObject({ end: 'failed', reason: expect.stringContaining('does not fit') });
  });

  it('ends a loop that never ends by noticing that it goes in circles', async () => {
    const ran = await runScripted(() => ({ calls: [{ name: 'read', arguments: { path: 'a.txt' } }] }), {
      wire,
      files: { 'a.txt': 'a' },
    });
    expect(ran.end).toMatchObject({ end: 'failed', reason: expect.stringContaining('in circles') });
    expect(ran.model.requests).toHaveLength(6);
    expect(ran.model.requests.at(-1)?.text).toContain('made this very call before');
  });

  it('notices a circle of two writes', async () => {
    const ran = await runScripted((_, results) => write('a.txt', `${results % 2}`), { wire, limits: { turns: 100 } });
    expect(ran.end).toMatchObject({ end: 'failed', reason: expect.stringContaining('in circles') });
  });

  it('ends at the limit of turns when every call is another', async () => {
    const ran = await runScripted((_, results) => write('n.txt', `${results}`), { wire, limits: { turns: 9 } });
    expect(ran.end).toEqual({ end: 'turns' });
    expect(ran.model.requests).toHaveLength(9);
  });

  it('ends at the limit of tokens', async () => {
    const ran = await runScripted((_, results) => write('n.txt', `${results}`), { wire, limits: { tokens: 300 } });
    expect(ran.end).toEqual({ end: 'tokens' });
    expect(ran.model.requests).toHaveLength(3);
  });

  it('stops when it is told to, in the middle of an answer', async () => {
    const stop = new AbortController();
    const running = runScripted([{ text: 'x'.repeat(400), faults: [{ kind: 'drip', everyMs: 30 }] }], {
      wire,
      signal: stop.signal,
    });
    setTimeout(() => stop.abort(), 150);
    expect((await running).end).toEqual({ end: 'cancelled' });
  });

  it('sends the same bytes for the same work', async () => {
    const texts = [];
    for (let turn = 0; turn < 2; turn++) {
      const { model } = await runScripted(
        [write('a.txt', 'a'), { calls: [{ name: 'read', arguments: { path: 'a.txt' } }] }, DONE],
        { wire },
      );
      texts.push(model.requests.map(({ text }) => text));
    }
    expect(texts[0]).toEqual(texts[1]);
  });
});

describe('what a model may do', () => {
  it('offers only the tools it is given', async () => {
    const { model } = await runScripted([DONE], { tools: ['run', 'read'] });
    expect((model.requests[0]!.body['tools'] as { name: string }[]).map(({ name }) => name)).toEqual(['read', 'run']);
  });

  it('does not execute a tool that was not offered', async () => {
    const ran = await runScripted([write('a.txt', 'a'), DONE], { tools: ['read'] });
    expect(existsSync(join(ran.root, 'a.txt'))).toBe(false);
    expect(ran.model.requests[1]?.text).toContain('There is no tool');
  });

  it.each(['deny', 'ask'] as const)(
    'does nothing when the decision is %s, and says so to the model and outside',
    async (verdict) => {
      const ran = await runScripted([write('a.txt', 'a'), DONE], { decide: () => verdict });
      expect(existsSync(join(ran.root, 'a.txt'))).toBe(false);
      expect(ran.events).toContainEqual(expect.objectContaining({ kind: 'refused', decision: { verdict, rule: 'the test' } }));
      expect(kinds(ran)).not.toContain('begun');
      expect(ran.model.requests[1]?.text).toContain('not allowed here');
      expect(ran.end).toEqual({ end: 'done', text: 'All done.' });
    },
  );

  it('asks about what would be done, before it is done', async () => {
    const asked: unknown[] = [];
    await runScripted([write('./x/../a.txt', 'a'), { calls: [{ name: 'run', arguments: { command: 'npm test' } }] }, DONE], {
      decide: (action) => (asked.push(action), 'deny'),
    });
    expect(asked).toEqual([
      { kind: 'write', path: 'a.txt' },
      { kind: 'run', argv: ['npm', 'test'] },
    ]);
  });
});

describe('the dialect of a server', () => {
  it('is Responses where there is one', async () => {
    const { model } = await runScripted([write('a', 'a'), DONE]);
    expect(model.requests.map(({ path }) => path)).toEqual(['/v1/responses', '/v1/responses']);
    expect(model.requests[0]?.body).toMatchObject({ store: false, include: ['reasoning.encrypted_content'], stream: true });
  });

  it('is found out once, and is Chat Completions elsewhere', async () => {
    const { model, end } = await runScripted([write('a', 'a'), DONE], { dialects: ['chat'] });
    expect(end.end).toBe('done');
    expect(model.requests.map(({ path }) => path)).toEqual(['/v1/responses', '/v1/chat/completions', '/v1/chat/completions']);
  });

  it('gives sealed reasoning back as it came', async () => {
    const { model } = await runScripted([{ ...write('a', 'a'), thought: 'Hm.' }, DONE], { wire: 'responses' });
    expect(JSON.stringify(model.requests[1]?.body['input'])).toContain('"encrypted_content":"sealed-1"');
  });
});

/** Servers refuse a conversation in which they do not match. */
function assertCallsHaveAnswers(body: Record<string, unknown>): void {
  const turns = (body['input'] ?? body['messages']) as Record<string, unknown>[];
  const calls = turns.flatMap((turn) =>
    turn['type'] === 'function_call' ? [turn['call_id']] : ((turn['tool_calls'] as { id: string }[]) ?? []).map(({ id }) => id),
  );
  const answers = turns.filter((turn) => turn['type'] === 'function_call_output' || turn['role'] === 'tool');
  expect(answers.map((turn) => turn['call_id'] ?? turn['tool_call_id'])).toEqual(calls);
}
