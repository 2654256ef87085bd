import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { AcpLimits } from '../../../../src/runtime/workspace/host/acp/run-turn.ts';
import { createOpenSandbox } from '../../../../src/runtime/workspace/sandbox/open-sandbox.ts';
import type { Part, Step } from './children/scripted-agent.ts';
import { filesOf, hostBench, scripted } from './host-bench.ts';

let bench: ReturnType<typeof hostBench>;
let outside: string;
beforeEach(() => {
  bench = hostBench();
  outside = mkdtempSync(join(tmpdir(), 'outside-'));
});
afterEach(() => {
  bench.remove();
  rmSync(outside, { recursive: true, force: true });
});

const steps = (...all: Step[]) => scripted({ steps: all });
const MODES = { current: 'auto', available: ['auto', 'default'] };

describe('an agent that speaks ACP', () => {
  it('is told its brief, and what it leaves and says is kept', async () => {
    const outcome = await bench.perform(
      steps({ say: 'I ' }, { say: 'begin.' }, { tell: 'brief', into: 'told.md' }, { write: 'a.txt', text: 'b' }, { use: 1200 }),
      { files: { 'a.txt': 'a' }, feedback: 'The test x failed.' },
    );
    const files = filesOf(outcome);
    expect(files['a.txt']).toBe('b');
    expect(files['told.md']).toMatch(/Write a poem\.[^]*The last attempt[^]*The test x failed\./);
    expect(outcome.result).toMatchObject({ usage: { tokens: 1200, money: 0.5 } });
    expect([...outcome.kept.values()]).toEqual([files['told.md'], 'agent: I begin.\n']);
  });

  it.each<[string, Step & { ask: unknown }, string]>([
    ['a file of its folder', { ask: { kind: 'edit', locations: [{ path: 'src/a.ts' }] }, note: 'answer' }, 'yes'],
    ['a command of its profile', { ask: { kind: 'execute', rawInput: { command: 'npm test -- x' } }, note: 'answer' }, 'yes'],
    ['the words of such a command', { ask: { kind: 'execute', rawInput: { command: ['npm', 'test'] } }, note: 'answer' }, 'yes'],
    ['it in a shell', { ask: { kind: 'execute', rawInput: { command: ['bash', '-lc', 'npm test'] } }, note: 'answer' }, 'yes'],
    ['a file elsewhere', { ask: { kind: 'edit', locations: [{ path: '/etc/passwd' }] }, note: 'answer' }, 'no'],
    ['a file above', { ask: { kind: 'edit', locations: [{ path: '../x' }] }, note: 'answer' }, 'no'],
    [
      'a diff elsewhere under a place inside',
      {
        ask: { kind: 'edit', locations: [{ path: 'a.ts' }], content: [{ type: 'diff', path: '/etc/passwd', newText: 'x' }] },
        note: 'answer',
      },
      'no',
    ],
    [
      'a diff that calls itself reading',
      { ask: { kind: 'read', content: [{ type: 'diff', path: '/etc/passwd', newText: 'x' }] }, note: 'answer' },
      'no',
    ],
    ['a command of no profile', { ask: { kind: 'execute', rawInput: { command: 'curl example.org' } }, note: 'answer' }, 'no'],
    ['two commands', { ask: { kind: 'execute', rawInput: { command: 'npm test && curl x' } }, note: 'answer' }, 'no'],
    ['a hidden command', { ask: { kind: 'execute', rawInput: { command: 'npm test $(id)' } }, note: 'answer' }, 'no'],
    ['a command elsewhere', { ask: { kind: 'execute', rawInput: { command: 'npm test', workdir: '/' } }, note: 'answer' }, 'no'],
    ['a command that it does not name', { ask: { kind: 'execute', title: 'npm test' }, note: 'answer' }, 'no'],
    ['a page', { ask: { kind: 'fetch', rawInput: { url: 'https://example.org/x' } }, note: 'answer' }, 'no'],
    ['another mode', { ask: { kind: 'switch_mode' }, note: 'answer' }, 'no'],
    ['nothing that anybody knows', { ask: {}, note: 'answer' }, 'no'],
  ])('that asks for %s is answered by its profile', async (_name, step, answer) => {
    const outcome = await bench.perform(steps({ ...step, always: true }));
    expect(filesOf(outcome)['answer']).toBe(answer);
    const verdict = answer === 'yes' ? 'allow' : 'deny';
    expect(outcome.events.map((event) => event.kind === 'agent.decision' && event.decision.verdict)).toContain(verdict);
  });

  it('that asks through a link is answered for where it leads', async () => {
    const outcome = await bench.perform(steps({ ask: { kind: 'edit', locations: [{ path: 'way/x' }] }, note: 'answer' }), {
      sandbox: {
        name: 'none',
        missing: async () => [],
        raise: () => {},
        async start(argv, confinement, signal) {
          symlinkSync(outside, join(confinement.workspace, 'way'));
          return createOpenSandbox().start(argv, confinement, signal);
        },
      },
    });
    expect(outcome.events).toMatchObject([
      { action: { kind: 'write', path: join(outside, 'x') }, decision: { verdict: 'deny' } },
    ]);
  });

  it('that was denied something, and left nothing, has not done its task', async () => {
    const { result } = await bench.perform(steps({ ask: {}, note: '/dev/null' }));
    expect(result).toMatchObject({ outcome: 'failed', reason: expect.stringMatching(/left nothing, after it was denied/) });
  });

  it('is never given leave for good', async () => {
    const step: Step = { ask: { kind: 'edit', locations: [{ path: 'a.ts' }] }, note: 'answer', onlyAlways: true };
    expect(filesOf(await bench.perform(steps(step)))['answer']).toBe('cancelled');
  });

  it.each<[string, unknown, 'yes' | 'no']>([
    ['as words', ['sh', 'tools/build.sh', '-x'], 'yes'],
    ['as a line', 'sh tools/build.sh', 'yes'],
    ['of another name', ['sh', 'tools/other.sh'], 'no'],
    ['with a line instead', ['sh', '-c', 'tools/build.sh'], 'no'],
    ['with a line behind it', ['sh', '-c', 'x', 'tools/build.sh'], 'no'],
    ['by a shell elsewhere', ['/bin/sh', 'tools/build.sh'], 'no'],
    ['with flags before it', ['sh', '-e', 'tools/build.sh'], 'no'],
  ])('may run a file by a shell that its profile names, %s', async (_, command, answer) => {
    const step: Step = { ask: { kind: 'execute', rawInput: { command } }, note: 'answer' };
    const profile = { run: [['sh', 'tools/build.sh'] as const] };
    expect(filesOf(await bench.perform(steps(step), { profile }))['answer']).toBe(answer);
  });

  it('asks a person where its profile says so, and takes silence for a no', async () => {
    const step: Step = { ask: { kind: 'execute', rawInput: { command: 'make' } }, note: 'answer' };
    const profile = { ask: ['run' as const] };
    const unasked = await bench.perform(steps(step), { profile });
    expect(filesOf(unasked)['answer']).toBe('no');
    const asked = await bench.perform(steps(step), {
      profile,
      ask: () => async () => ({ allowed: true, rule: 'ann said yes', question: 'q1' }),
    });
    expect(filesOf(asked)['answer']).toBe('yes');
    expect(asked.events).toMatchObject([
      { kind: 'agent.decision', decision: { verdict: 'ask' } },
      { kind: 'agent.lifecycle', event: { lifecycle: 'escalated', capabilityProfile: 'author', energyBudget: 7 } },
      { kind: 'agent.decision', decision: { verdict: 'allow', rule: 'ann said yes', question: 'q1' } },
    ]);
  });

  it('is offered no files and no terminal of ours', async () => {
    const outcome = await bench.perform(steps({ readThrough: '/etc/passwd', note: 'answer' }));
    expect(filesOf(outcome)['answer']).toMatch(/^error: .*not found/i);
  });

  it.each<[string, Part, RegExp, Partial<AcpLimits>?]>([
    ['dies at birth', { steps: [], birth: 'dies' }, /ended with 7 before it was done: cannot find my key/],
    ['does not get ready', { steps: [], birth: 'silent' }, /was not ready after 0.3 s/, { readyMs: 300 }],
    ['says what is no message', { steps: [{ die: 1 }], birth: 'garbage' }, /ended with 1/],
    ['gives no session', { steps: [], birth: 'refuses session' }, /answered with an error/],
    ['speaks another version', { steps: [], version: 2 }, /speaks version 2/],
    ['dies at work', { steps: [{ die: 9 }] }, /ended with 9 before it was done: out of memory/],
    ['goes silent', { steps: [{ hang: 'forever' }] }, /said nothing for 0.3 s/, { silenceMs: 300 }],
    ['goes deaf', { steps: [{ hang: 'deaf' }] }, /said nothing for 0.3 s/, { silenceMs: 300 }],
    ['sends a message without end', { steps: [{ flood: 40 * 2 ** 20 }] }, /exceeds|closed|more than/],
    ['sends broken messages', { steps: [{ garbage: 100 }, { stop: 'refusal' }] }, /refused the task/],
    ['runs out of tokens', { steps: [{ stop: 'max_tokens' }] }, /limit of its tokens/],
    ['runs out of turns', { steps: [{ stop: 'max_turn_requests' }] }, /limit of its requests/],
    ['refuses', { steps: [{ stop: 'refusal' }] }, /refused the task/],
    ['gives up', { steps: [{ stop: 'cancelled' }] }, /gave the task up/],
  ])('that %s has failed, and says why', async (_name, part, reason, acp = {}) => {
    const { result } = await bench.perform(scripted(part), { acp });
    expect(result).toMatchObject({ outcome: 'failed', reason: expect.stringMatching(reason) });
    expect(readdirSync(bench.scratch)).toEqual([]);
  });

  it('that asks for too much is ended', async () => {
    const many = Array.from({ length: 2_100 }, (): Step => ({ ask: {}, note: '/dev/null' }));
    const { result } = await bench.perform(steps(...many));
    expect(result).toMatchObject({ outcome: 'failed', reason: expect.stringMatching(/asked for more than/) });
  });

  it('stops when it is told to, also when it does not listen', async () => {
    for (const hang of ['forever', 'deaf'] as const) {
      const abort = new AbortController();
      const running = bench.perform(steps({ say: 'on' }, { hang }), { signal: abort.signal, acp: { stopMs: 200 } });
      setTimeout(() => abort.abort(), 400);
      expect((await running).result).toMatchObject({ outcome: 'failed', reason: 'It was stopped.' });
    }
  });
});

describe('the mode in which it asks', () => {
  const perform = (part: Part) => bench.perform({ ...scripted(part), askMode: 'default' });
  const wrote: Step[] = [{ write: 'a.txt', text: 'a' }];

  it('is set, by the mode or by an option that stands for it', async () => {
    expect(filesOf(await perform({ steps: wrote, modes: MODES }))).toEqual({ 'a.txt': 'a' });
    expect(filesOf(await perform({ steps: wrote, optionMode: MODES }))).toEqual({ 'a.txt': 'a' });
  });

  it.each<[string, Part, RegExp]>([
    ['has no modes', { steps: wrote }, /has no mode default/],
    ['does not have it', { steps: wrote, modes: { current: 'auto', available: ['auto'] } }, /has no mode default.*it has auto/],
    ['does not take it', { steps: wrote, modes: MODES, stubborn: true }, /left the mode default/],
    ['does not take the option', { steps: wrote, optionMode: MODES, stubborn: true }, /asked to go into the mode default/],
    ['leaves it at work', { steps: [{ mode: 'auto' }, { wait: 50 }], modes: MODES }, /left the mode default.*for auto/],
  ])('is refused to an agent that %s', async (_name, part, reason) => {
    const { result } = await perform(part);
    expect(result).toMatchObject({ outcome: 'failed', reason: expect.stringMatching(reason) });
  });
});

it('tells of a log that fails, instead of blaming the agent', async () => {
  writeFileSync(join(outside, 'x'), '');
  const { NexusError } = await import('../../../../src/base/errors.ts');
  const failing = bench.perform(steps({ ask: {}, note: 'answer' }), {
    chronicle: async () => {
      throw new NexusError('WORKSPACE_FULL', 'The disk is full.');
    },
  });
  await expect(failing).rejects.toMatchObject({ code: 'WORKSPACE_FULL' });
});
