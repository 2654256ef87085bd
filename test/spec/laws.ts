import { expect } from 'vitest';

import type { Specification } from '../../src/spec/model.ts';
import { readByLaw } from './broken-laws.ts';
import { bundleOf } from './bundle-of.ts';
import { cpuTime } from './cpu-time.ts';

/** Generous for a busy machine; what hangs takes minutes. */
const TIME_LIMIT = 2000;

/** Everything that must hold for any bundle in any dialect: checked, and the specification handed back (undefined if it leads out of the bundle). */
export async function checkLaws(files: Record<string, string>, dialect: string): Promise<Specification | undefined> {
  const started = cpuTime();
  const { specification, broken } = await readByLaw(bundleOf(files), dialect);
  expect(cpuTime() - started).toBeLessThan(TIME_LIMIT);
  expect(broken).toEqual([]);
  return specification;
}
