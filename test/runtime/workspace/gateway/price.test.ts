import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

import { moneyOf, PRICES_AS_OF } from '../../../../src/runtime/workspace/gateway/price.ts';

const MILLION = { input: 1_000_000, output: 100_000 };

it.each([
  ['gpt-5', 2.25],
  ['gpt-5-2025-08-07', 2.25],
  ['openai/gpt-5', 2.25],
  ['gemini-3-pro-preview', 3.2],
  ['claude-sonnet-4-5-20250929', 4.5],
  ['Qwen/Qwen3-Coder:nebius', 0],
  ['__proto__', 0],
  ['', 0],
])('estimates what %s costs', (model, money) => {
  expect(moneyOf(model, MILLION)).toBeCloseTo(money, 9);
});

it('is as old as the documentation says', () => {
  expect(readFileSync('docs/models.md', 'utf8')).toContain(`as of ${PRICES_AS_OF}`);
});
