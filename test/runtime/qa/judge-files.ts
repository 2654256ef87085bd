import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createQaEngine, type QaOptions } from '../../../src/runtime/qa/engine.ts';
import type { CheckResult } from '../../../src/runtime/qa/report.ts';
import { bareProductOf } from './product.ts';

/** Judges a product of these files as a whole, with real tools. Nothing may be left behind, and nothing said of this machine. */
export async function judgeFiles(files: Record<string, string>, options: Partial<QaOptions> = {}): Promise<CheckResult> {
  const scratch = mkdtempSync(join(tmpdir(), 'qa-'));
  try {
    const product = bareProductOf(files);
    const limits = { stallMs: 4000, memoryMb: 256 };
    const engine = createQaEngine({ ...product, scratch, jobs: 2, limits, ...options });
    const checks = [{ task: 'product', scope: 'product' as const, artifacts: product.tree }];
    const [result] = await engine.run({ checks, tree: product.tree });
    if (result === undefined) throw new Error('no result');
    if (readdirSync(scratch).length > 0) throw new Error('something was left behind');
    if (JSON.stringify(result).includes(scratch)) throw new Error(`speaks of this machine: ${JSON.stringify(result)}`);
    return result;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Each finding's code and path, in text order. */
export function codesOf({ findings }: CheckResult): string[] {
  return findings.map(({ code, path }) => `${code} ${path ?? ''}`.trim()).sort();
}
