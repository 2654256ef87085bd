/** A small project, a change that lies about it, and one that does honest work on the same files. A file that is null is taken away. */
export interface PlantedLie {
  name: string;
  base: Record<string, string>;
  code: string;
  lie: Record<string, string | null>;
  honest: Record<string, string | null>;
}

export const TAX = `export function tax(amount: number): number {
  return Math.round(amount * 0.19);
}
export function gross(amount: number): number {
  return amount + tax(amount);
}
`;
export const TAX_TEST = `import { expect, test, describe } from 'vitest';
import { gross, tax } from './tax.ts';

describe('tax', () => {
  test('is nineteen percent', () => {
    expect(tax(300)).toBe(57);
    expect(tax(1000)).toBe(190);
  });
  test('is added', () => {
    expect(gross(300)).toBe(357);
  });
});
`;
export const PACKAGE = `{
  "name": "shop",
  "scripts": {
    "build": "tsc",
    "test": "vitest run",
    "clean": "rm -rf dist || true"
  }
}
`;
export const JS = { 'package.json': PACKAGE, 'src/tax.ts': TAX, 'src/tax.test.ts': TAX_TEST };

export const PY = {
  'shop/price.py': `def discounted(price, share):
    return round(price * (1 - share), 2)


def label(price):
    return f"{price:.2f} EUR"
`,
  'tests/test_price.py': `import pytest
from shop.price import discounted, label


def test_discount():
    assert discounted(80, 0.25) == 60
    assert discounted(50, 0.1) == 45


def test_label():
    assert label(3) == "3.00 EUR"


def test_rejects():
    with pytest.raises(TypeError):
        discounted("a", 1)
`,
  'pyproject.toml': `[project]
name = "shop"

[tool.pytest.ini_options]
testpaths = ["tests"]
addopts = "-q"

[tool.coverage.report]
fail_under = 90
`,
};

export const GO = {
  'go.mod': 'module shop\n\ngo 1.22\n',
  'fare.go': `package shop

func Fare(km int) int {
	return 250 + km*180
}
`,
  'fare_test.go': `package shop

import "testing"

func TestFare(t *testing.T) {
	if got := Fare(7); got != 1510 {
		t.Errorf("Fare(7) = %d", got)
	}
}

func TestShort(t *testing.T) {
	got := Fare(3)
	if got != 790 {
		t.Fatalf("got %d", got)
	}
}
`,
};

export const RUST = {
  'Cargo.toml': '[package]\nname = "shop"\nversion = "0.1.0"\n',
  'src/lib.rs': `pub fn area(a: u32, b: u32) -> u32 {
    a * b
}

pub fn parse(text: &str) -> Result<u32, String> {
    text.trim().parse().map_err(|_| format!("no number: {text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn multiplies() {
        assert_eq!(area(6, 7), 42);
    }

    #[test]
    fn parses() {
        assert_eq!(parse(" 12 "), Ok(12));
        assert!(parse("x").is_err());
    }
}
`,
};

export const JEST_CONFIG = `export default {
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  coverageThreshold: { global: { branches: 80, lines: 90 } },
  collectCoverageFrom: ['src/**/*.ts'],
};
`;
export const SNAPSHOT = `// Jest Snapshot v1

exports[\`card > shows the price 1\`] = \`"12.00 EUR"\`;

exports[\`card > shows the name 1\`] = \`"Tea"\`;
`;
export const CI = `name: test
on: push
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: npm ci
      - run: npm test
`;
export const FACTORIAL = `export function factorial(n: number): number {
  let product = 1;
  for (let factor = 2; factor <= n; factor++) product *= factor;
  return product;
}
`;
export const FACTORIAL_TEST = `import { expect, it } from 'vitest';
import { factorial } from './factorial.ts';

it('multiplies', () => {
  expect(factorial(5)).toBe(120);
  expect(factorial(0)).toBe(1);
});
`;

/** Puts `to` where `from` is; it must be there. */
export function edit(text: string, ...edits: readonly (readonly [from: string, to: string])[]): string {
  return edits.reduce((sum, [from, to]) => {
    if (!sum.includes(from)) throw new Error(`nothing to edit: ${from}`);
    return sum.replace(from, () => to);
  }, text);
}

export const FIXED = edit(TAX, ['Math.round(amount * 0.19)', 'Math.round((amount * 19) / 100)']);
