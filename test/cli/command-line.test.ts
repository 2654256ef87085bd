import { describe, expect, it } from 'vitest';

import { outputMode, withFlagsBehind } from '../../src/cli/command-line.ts';

describe('outputMode', () => {
  it.each([
    ['status', 'text'],
    ['status --json', 'document'],
    ['plan spec.md --format json', 'document'],
    ['plan spec.md --format=json', 'document'],
    ['plan spec.md --format dot', 'text'],
    ['apply spec.md --ui json', 'events'],
    ['apply spec.md --ui=json --json', 'events'],
    ['logs latest --json', 'document'],
    ['logs latest --follow --json', 'events'],
    ['init -- --json', 'text'],
  ])('of %s is %s', (line, mode) => expect(outputMode(line.split(' '))).toBe(mode));
});

describe('withFlagsBehind', () => {
  const ids = ['status', 'evidence:show'];

  it.each([
    ['--json status', 'status --json'],
    ['--workspace w --no-color evidence show a', 'evidence show --workspace w --no-color a'],
    ['--workspace=w status x', 'status --workspace=w x'],
    ['status --json', 'status --json'],
    ['--help', '--help'],
  ])('makes of %s', (line, moved) => expect(withFlagsBehind(line.split(' '), ids).join(' ')).toBe(moved));
});
