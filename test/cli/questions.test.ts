import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { expect, it } from 'vitest';

import { bundleWith, DOES } from './scripted-bundle.ts';
import { folderWith, type SpecKit, specKit } from './spec-kit-process.ts';

const LONG = { timeout: 60_000 };

const ASKS = [{ ask: { kind: 'execute' as const, title: 'curl', rawInput: { command: 'curl a.example' } }, note: 'curl.txt' }];

interface Item {
  mission: string;
  task: string;
  question: string;
  asks: string;
}

/** What another process sees that waits for an answer, once there is something. */
async function waiting(cwd: string, { child, stderr }: SpecKit): Promise<Item> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`ended without asking: ${stderr()}`);
    const { code, stdout } = await specKit(cwd, 'approvals', 'list', '--json').ended;
    const [item] = code === 0 ? (JSON.parse(stdout) as { items: Item[] }).items : [];
    if (item !== undefined) return item;
    await wait(100);
  }
}

const product = (cwd: string, path: string): string => readFileSync(join(cwd, 'ws', 'build', 'poem', path), 'utf8');

it.each([
  ['approve', 'yes', 'said yes', 'allowed run curl a.example'],
  ['reject', 'no', 'said no', 'denied run curl a.example'],
])('an agent that asks waits for another process to %s', LONG, async (word, heard, rule, decided) => {
  const cwd = folderWith(bundleWith(ASKS));
  const applied = specKit(cwd, 'apply', 'spec', '--answer-within', '60s', ...DOES);
  const { mission, task, question, asks } = await waiting(cwd, applied);
  expect([task, question, asks]).toEqual(['work:t001', 'q1', 'to run curl a.example']);
  expect(applied.stderr()).toContain(`spec-kit approve ${mission} work:t001 --question q1`);

  // What is answered must be said: by the time it is read, something else may be asked.
  const unnamed = await specKit(cwd, word, mission, task).ended;
  expect(unnamed).toMatchObject({ code: 2, stderr: expect.stringContaining('asks q1: say with --question') });
  const said = await specKit(cwd, word, mission, task, '--question', question, '--note', 'since I say so').ended;
  expect(said.code).toBe(0);
  expect((await applied.ended).code).toBe(0);
  expect(product(cwd, 'curl.txt')).toBe(heard);

  const logs = (await specKit(cwd, 'logs', mission).ended).stdout;
  expect(logs).toContain('q1: it asks to run curl a.example, until ');
  expect(logs).toMatch(new RegExp(`word.${word}.*to q1: since I say so`));
  expect(logs).toMatch(new RegExp(`${decided} \\(.* ${rule}\\)`));
  const late = await specKit(cwd, word, mission, task, '--question', question).ended;
  expect(late).toMatchObject({ code: 2, stderr: expect.stringContaining('MISSION_STATE') });
  expect(JSON.parse((await specKit(cwd, 'approvals', 'list', '--json').ended).stdout)).toMatchObject({ items: [] });
});

it.each([
  ['nobody answers in time', ['--answer-within', '300ms'], {}, 'nobody said yes in time', true],
  ['it is said that nobody is there', ['--no-input'], {}, 'nobody is there to ask', false],
  ['it runs under CI', [], { CI: 'true' }, 'nobody is there to ask', false],
  ['there is no terminal', [], {}, 'nobody is there to ask', false],
] as const)('is denied where %s', LONG, async (_, flags, env, rule, asked) => {
  const cwd = folderWith(bundleWith(ASKS));
  expect((await specKit({ cwd, env }, 'apply', 'spec', ...flags, ...DOES).ended).code).toBe(0);
  expect(product(cwd, 'curl.txt')).toBe('no');
  const logs = (await specKit(cwd, 'logs', 'latest').ended).stdout;
  expect(logs).toContain(`denied run curl a.example (${rule})`);
  expect(logs.includes('question.asked')).toBe(asked);
  expect(logs).toContain('escalated');
});

it('a yes that came after the process was killed counts when the mission is resumed, once', LONG, async () => {
  const cwd = folderWith(bundleWith([...ASKS, { ...ASKS[0]!, note: 'again.txt' }]));
  const killed = specKit(cwd, 'apply', 'spec', '--answer-within', '60s', ...DOES);
  const { mission, task, question } = await waiting(cwd, killed);
  killed.child.kill('SIGKILL');
  await killed.ended;

  expect((await specKit(cwd, 'approve', mission, task, '--question', question).ended).code).toBe(0);
  const resumed = await specKit(cwd, 'resume', mission, '--answer-within', '300ms', '--json').ended;
  expect(resumed.code).toBe(0);
  expect([product(cwd, 'curl.txt'), product(cwd, 'again.txt')]).toEqual(['yes', 'no']);
  const logs = (await specKit(cwd, 'logs', mission).ended).stdout;
  expect(logs).toMatch(/allowed run curl a.example \(.* said yes\)/);
  expect(logs).toContain('q2: it asks to run curl a.example');
});

it('is asked again, with the same number, where nobody had answered before the process was killed', LONG, async () => {
  const cwd = folderWith(bundleWith(ASKS));
  const killed = specKit(cwd, 'apply', 'spec', '--answer-within', '60s', ...DOES);
  const { mission } = await waiting(cwd, killed);
  killed.child.kill('SIGKILL');
  await killed.ended;
  const resumed = specKit(cwd, 'resume', mission, '--json');
  await resumed.says('it asks to run curl');
  expect(await waiting(cwd, resumed)).toMatchObject({ mission, question: 'q1' });
  expect((await specKit(cwd, 'approve', mission, 'T001', '--question', 'q1').ended).code).toBe(0);
  expect((await resumed.ended).code).toBe(0);
  expect(product(cwd, 'curl.txt')).toBe('yes');
});

it('a file outside of the profile is accepted once a person has said yes to it', LONG, async () => {
  const profile = 'name: author\nwrite: ["docs/**"]\nread: ["**"]\nask: [write]\nenergy: 5\n';
  const cwd = folderWith({ ...bundleWith([{ write: 'a.md', text: 'a' }]), 'ws/profiles/author.yaml': profile });
  const applied = specKit(cwd, 'apply', 'spec', '--answer-within', '60s', ...DOES);
  const { mission, task, question, asks } = await waiting(cwd, applied);
  expect(asks).toBe('to write a.md');
  await specKit(cwd, 'approve', mission, task, '--question', question).ended;
  expect((await applied.ended).code).toBe(0);
  expect(product(cwd, 'a.md')).toBe('a');
});
