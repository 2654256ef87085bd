import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';

import { afterEach, describe, expect, it } from 'vitest';

import { sha256 } from '../../../../src/base/digest.ts';
import { RegoEvaluator } from '../../../../src/runtime/policy/rego/evaluator.ts';
import { EVALUATOR_PIN } from '../../../../src/runtime/policy/rego/evaluator-pin.ts';

const open: RegoEvaluator[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

function evaluator(limits?: { time: number }): RegoEvaluator {
  const made = new RegoEvaluator(limits);
  open.push(made);
  return made;
}

const asked = (text: string) =>
  ({ op: 'eval', modules: { 'a.rego': `package a\n${text}` }, query: 'data.a.x', regoVersion: 1 }) as const;

describe('the evaluator of Rego', () => {
  it('is the module that was built', async () => {
    const packed = readFileSync(join(import.meta.dirname, '../../../../templates/policy/rego.wasm.br'));
    expect(sha256(brotliDecompressSync(packed))).toBe(EVALUATOR_PIN.digest);
    expect((await evaluator().ask({ op: 'describe' })).version).toBe(EVALUATOR_PIN.opa);
  });

  it('answers one request after the other', async () => {
    const rego = evaluator();
    const answers = await Promise.all([1, 2, 3].map((n) => rego.ask(asked(`x := ${n} + 1`))));
    expect(answers.map(({ result }) => result)).toEqual([2, 3, 4]);
    expect(await rego.ask(asked('x if false'))).toEqual({});
  });

  it('ends a policy that does not end, and goes on with the next', async () => {
    const rego = evaluator({ time: 4000 });
    const endless = 'x := count([1 | some i in numbers.range(1, 100000); some j in numbers.range(1, 100000); i == j])';
    await expect(rego.ask(asked(endless))).rejects.toMatchObject({ code: 'RELEASE_POLICY_ENGINE', message: /more than 4 s/ });
    expect((await rego.ask(asked('x := 1'))).result).toBe(1);
  });

  it('outlives a policy that is nested without end', async () => {
    const rego = evaluator();
    await expect(rego.ask(asked(`x := ${'['.repeat(100_000)}${']'.repeat(100_000)}`))).rejects.toMatchObject({
      code: 'RELEASE_POLICY_ENGINE',
    });
    expect((await rego.ask(asked('x := 1'))).result).toBe(1);
  });

  it('runs tests: passed, failed, broken and put off', async () => {
    const { tests } = await evaluator().ask({
      op: 'test',
      modules: {
        'a_test.rego':
          'package a\ntest_a if true\ntest_b if false\ntodo_test_c if true\ntest_d if { print("at", 1); 1 / 0 == 1 }',
      },
      regoVersion: 1,
    });
    expect(tests?.map(({ name, result, row }) => [name, result, row])).toEqual([
      ['data.a.test_a', 'pass', 2],
      ['data.a.test_b', 'fail', 3],
      ['data.a.todo_test_c', 'skip', 4],
      ['data.a.test_d', 'error', 5],
    ]);
    expect(tests?.[3]).toMatchObject({ message: expect.stringContaining('divide by zero'), printed: ['at 1'] });
  });
});
