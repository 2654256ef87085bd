import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { type ContractPromise, type PropertyOptions, runContracts } from '../../../../src/runtime/qa/contracts/contract-suite.ts';
import { projectSandbox } from '../../../../src/runtime/qa/project-sandbox.ts';
import { bareProductOf } from '../product.ts';

const SCHEMA = JSON.stringify({
  type: 'object',
  required: ['id', 'counts'],
  properties: { id: { type: 'string', minLength: 1 }, counts: { type: 'array', items: { type: 'integer', minimum: 0 } } },
  additionalProperties: false,
});
const RIGHT = `
export function isOrder(value: any): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  if (Object.keys(value).some((key) => key !== 'id' && key !== 'counts')) return false;
  if (typeof value.id !== 'string' || value.id.length < 1 || !Array.isArray(value.counts)) return false;
  return value.counts.every((count: unknown) => typeof count === 'number' && Number.isInteger(count) && count >= 0);
}
export const write = (order: unknown): string => JSON.stringify(order);
export const read = (text: string): unknown => JSON.parse(text);
`;
const PROMISE: ContractPromise = {
  schema: 'order.schema.json',
  module: 'order.ts',
  accepts: 'isOrder',
  roundTrip: ['write', 'read'],
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'qa-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(module: string, { promise = PROMISE, ...options }: PropertyOptions & { promise?: ContractPromise } = {}) {
  const files: Record<string, string> = { 'order.schema.json': SCHEMA, 'order.ts': module };
  const sandbox = projectSandbox(bareProductOf(files), { scratch: mkdtempSync(join(folder, 'run-')), installed: folder });
  return runContracts([promise], (path) => files[path], { sandbox, options: { seed: 11, runs: 60, ...options } });
}

describe('a contract that a module promises to keep', () => {
  it('is kept by one that does', async () => {
    const { failed, findings, passed } = await run(RIGHT);
    expect(failed).toEqual([]);
    expect(findings).toEqual([]);
    expect(passed).toContain('order.schema.json > isOrder refuses broken minimum at /counts/0');
    expect(passed).toContain('order.schema.json > read gives back what write was given');
  });

  it('is not kept by one that takes what is wrong; the smallest such value comes with all it takes to find it again', async () => {
    const wrong = RIGHT.replace('count >= 0', 'count >= -3');
    const { findings } = await run(wrong);
    expect(findings).toMatchObject([
      { code: 'QA_PROPERTY_FAILED', path: 'order.ts', counterexample: { value: { counts: [-1] }, seed: 11 } },
    ]);
    const [finding] = findings;
    const again = finding?.counterexample && (await run(wrong, { replay: finding.counterexample }));
    expect(again?.failed).toEqual(['order.schema.json > isOrder refuses broken minimum at /counts/0']);
    expect(again?.findings[0]?.counterexample?.value).toEqual(finding?.counterexample?.value);
    const repaired = finding?.counterexample && (await run(RIGHT, { replay: finding.counterexample }));
    expect(repaired?.passed).toHaveLength(1);
  });

  it('is not kept by one that refuses what is right, loses something, throws or ends the process', async () => {
    const codes = async (from: string, to: string) => (await run(RIGHT.replace(from, to))).findings.map(({ message }) => message);
    expect(await codes('count >= 0', 'count >= 0 && count < 50')).toEqual([
      expect.stringMatching(/takes what is valid.*"counts":\[50\]/),
    ]);
    expect(await codes('JSON.stringify(order)', 'JSON.stringify({ ...(order as object), counts: [] })')).toEqual([
      expect.stringMatching(/Smallest.*"counts":\[0\]/),
    ]);
    expect(await codes('JSON.parse(text)', 'JSON.parse(text.slice(1))')).toEqual([expect.stringContaining('SyntaxError')]);
    expect(await codes('JSON.parse(text)', 'process.exit(3)')).toEqual([expect.stringContaining('It ended with 3')]);
  });

  it('is no contract if its schema is none, has no value, or is not there; a property that is gone is told', async () => {
    const messages = async (schema: string) =>
      (
        await runContracts([{ schema: 'a' }], () => schema, {
          sandbox: projectSandbox(bareProductOf({}), { scratch: mkdtempSync(join(folder, 'run-')), installed: folder }),
          options: {},
        })
      ).findings;
    expect(await messages('[')).toMatchObject([{ code: 'QA_DOCUMENT', path: 'a' }]);
    expect(await messages('{"type":"strin"}')).toMatchObject([{ code: 'QA_DOCUMENT' }]);
    expect(await messages('{"type":"integer","minimum":3,"maximum":2}')).toMatchObject([{ code: 'QA_DOCUMENT' }]);
    const replay = { suite: 'contracts', property: 'x', seed: 1, path: '0', value: 1 } as const;
    expect((await run(RIGHT, { replay })).findings).toMatchObject([{ code: 'QA_NO_TESTS' }]);
  });
});
