import { execFileSync } from 'node:child_process';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readCommand } from '../../../src/runtime/policy/read-command.ts';

describe('readCommand', () => {
  it.each([
    ['npm test', ['npm', 'test']],
    [`  git commit -m 'a; b'  `, ['git', 'commit', '-m', 'a; b']],
    ['a"b c"d', ['ab cd']],
    ['x --y=z ""', ['x', '--y=z', '']],
  ])('reads %s', (line, words) => {
    expect(readCommand(line)).toEqual(words);
  });

  it.each([
    'npm test; curl evil',
    'npm test && x',
    'a | b',
    'a > b',
    'a `b`',
    'a $(b)',
    'a "$(b)"',
    'a "`b`"',
    'a $HOME',
    'X=Y npm test',
    'a *',
    'a ~/x',
    'a {b,c}',
    'a\nb',
    "a '\n'",
    'a #b',
    'a \\b',
    '"a',
    "'a",
    '',
    ' ',
    '""',
    'a &',
    '!x',
    'a <b',
  ])('refuses %j', (line) => {
    expect(readCommand(line)).toBeUndefined();
  });

  it('reads what a shell would', () => {
    const lines = fc.array(fc.constantFrom('a', ' ', "'", '"', '-x', '=', ';', '$', '\\', '*', '(', '\t', 'b', '~', '#', '!'), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(lines, (parts) => {
        const line = parts.join('');
        const words = readCommand(line);
        if (words === undefined) return;
        const shown = execFileSync('/bin/sh', ['-c', `for w in ${line}; do printf '%s\\0' "$w"; done`], { encoding: 'utf8' });
        expect(shown.split('\0').slice(0, -1)).toEqual(words);
      }),
      { numRuns: 100 },
    );
  });
});
