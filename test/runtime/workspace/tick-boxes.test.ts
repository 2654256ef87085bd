import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { tickBoxes, type TickOutcome } from '../../../src/runtime/workspace/tick-boxes.ts';
import { interpret } from '../../../src/spec/interpret.ts';
import { readBundle } from '../../../src/spec/read-bundle.ts';
import { type BoxGuard, boxGuards } from '../../../src/spec/work/box-guards.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tick-'));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

const pathOf = (file = 'spec.md'): string => join(root, file);

/** Writes the source and reads it as a mission does; the guards of its open boxes are in the order of the source. */
async function read(text: string | Buffer, file = 'spec.md'): Promise<BoxGuard[]> {
  writeFileSync(pathOf(file), text);
  const bundle = readBundle(root);
  return [...boxGuards(await interpret(bundle), bundle.files).values()].filter((guard) => typeof guard === 'object');
}

function reasons(outcomes: readonly TickOutcome[]): string[] {
  return outcomes.map((outcome) => (outcome.ticked ? 'ticked' : outcome.reason));
}

const tick = (guards: readonly BoxGuard[]): string[] => reasons(tickBoxes(root, 'spec.md', guards));

describe('tickBoxes', () => {
  it.each([
    ['plain', '# Shop\n\n- [ ] Build it\n', '# Shop\n\n- [x] Build it\n'],
    ['CRLF', '# Shop\r\n\r\n- [ ] Build it\r\n', '# Shop\r\n\r\n- [x] Build it\r\n'],
    ['CR alone', '# Shop\r\r- [ ] Build it\r', '# Shop\r\r- [x] Build it\r'],
    ['no end of line', '# Shop\n\n- [ ] Build it', '# Shop\n\n- [x] Build it'],
    ['byte order mark on the line', '\u{FEFF}- [ ] Build it\n', '\u{FEFF}- [x] Build it\n'],
    ['byte order mark before', '\u{FEFF}# Shop\n\n- [ ] Build it\n', '\u{FEFF}# Shop\n\n- [x] Build it\n'],
    ['characters of many bytes above', '# 店 🏪 é\n\n- [ ] 建てる 🔨\n', '# 店 🏪 é\n\n- [x] 建てる 🔨\n'],
    ['nothing in the way but blanks', '# Shop\n\n-   [ ]   Build it\n', '# Shop\n\n-   [x]   Build it\n'],
    ['a numbered list', '# Shop\n\n1. [ ] Build it\n', '# Shop\n\n1. [x] Build it\n'],
  ])('changes one byte and no other: %s', async (_, before, after) => {
    const guards = await read(before);
    expect(guards).toHaveLength(1);
    const { ino, size } = statSync(pathOf());
    expect(tick(guards)).toEqual(['ticked']);
    expect(readFileSync(pathOf(), 'utf8')).toBe(after);
    expect(statSync(pathOf())).toMatchObject({ ino, size });
  });

  it.each([
    ['| 店🏪 | [ ] |', '| 店🏪 | [x] |'],
    ['- [~] 店 under way', '- [x] 店 under way'],
    ['- [\t] 🏪', '- [x] 🏪'],
  ])('finds the mark behind characters of several bytes and units, whatever it was: %s', (before, after) => {
    writeFileSync(pathOf(), `${before}\n`);
    expect(tick([guardOfFirstLine(before)])).toEqual(['ticked']);
    expect(readFileSync(pathOf(), 'utf8')).toBe(`${after}\n`);
  });

  it('closes several boxes of a file, and those of very long lines', async () => {
    const long = 'really '.repeat(100_000);
    const guards = await read(`# Shop\n\n- [ ] Build it ${long}\n- [x] Done before\n- [ ] Sell it\n- [ ] Sell it\n`);
    expect(tick(guards)).toEqual(['ticked', 'ticked', 'ticked']);
    expect(readFileSync(pathOf(), 'utf8')).toBe(
      `# Shop\n\n- [x] Build it ${long}\n- [x] Done before\n- [x] Sell it\n- [x] Sell it\n`,
    );
  });

  it('leaves a line that has moved, was reworded or was ticked by another, and closes the rest', async () => {
    const guards = await read('# Shop\n\n- [ ] One\n- [ ] Two\n- [ ] Three\n');
    const meanwhile = '# Shop\n\n- [ ] One\n- [x] Two\n- [ ] Three, but better\n';
    writeFileSync(pathOf(), meanwhile);
    const changed = 'The line is not the one that was read: the file was changed meanwhile.';
    expect(tick(guards)).toEqual(['ticked', changed, changed]);
    expect(readFileSync(pathOf(), 'utf8')).toBe(meanwhile.replace('- [ ] One', '- [x] One'));
    writeFileSync(pathOf(), '\n# Shop\n\n- [ ] One\n- [ ] Two\n- [ ] Three\n');
    expect(tick(guards)).toEqual([changed, changed, changed]);
    writeFileSync(pathOf(), '# Shop\n');
    expect(tick(guards)).toEqual([changed, changed, changed]);
  });

  it('tells lines of the same words apart only while nobody edits the file', async () => {
    const guards = await read('# Shop\n\n- [ ] Test\n- [ ] Test\n- [ ] Sell\n');
    const meanwhile = '# Shop\n\n- [ ] Test\n- [ ] Sell\n- [ ] Sell\n';
    writeFileSync(pathOf(), meanwhile);
    expect(tick(guards.slice(0, 1))).toEqual(['The line stands there more than once, and the file was changed meanwhile.']);
    expect(readFileSync(pathOf(), 'utf8')).toBe(meanwhile);
  });

  it('leaves what is no regular file of its own below the root', async () => {
    const text = '# Shop\n\n- [ ] Build it\n';
    const outside = mkdtempSync(join(tmpdir(), 'tick-outside-'));
    const guards = await read(text);
    renameSync(pathOf(), join(outside, 'spec.md'));
    expect(tick(guards)).toEqual(['The file is not there any more.']);
    symlinkSync(join(outside, 'spec.md'), pathOf());
    expect(tick(guards)).toEqual(['It is a symbolic link.']);
    rmSync(pathOf());
    linkSync(join(outside, 'spec.md'), pathOf());
    expect(tick(guards)).toEqual(['The file has other names (hard links), whose content would change with it.']);
    rmSync(pathOf());
    mkdirSync(pathOf());
    expect(tick(guards)).toEqual(['It is no regular file any more.']);
    symlinkSync(outside, join(root, 'deep'));
    expect(reasons(tickBoxes(root, 'deep/spec.md', guards))).toEqual(['deep is a symbolic link.']);
    expect(reasons(tickBoxes(root, '../spec.md', guards))).toEqual(['Its path does not lie in the specification.']);
    expect(readFileSync(join(outside, 'spec.md'), 'utf8')).toBe(text);
    rmSync(outside, { recursive: true });
  });

  it('leaves a file that says that it is not to be written', async () => {
    const guards = await read('# Shop\n\n- [ ] Build it\n');
    chmodSync(pathOf(), 0o444);
    expect(tick(guards)[0]).toMatch(/^The file (?:is read-only|cannot be written)/);
    expect(readFileSync(pathOf(), 'utf8')).toContain('[ ]');
  });

  it('says of boxes that were not read as open why they are left', async () => {
    writeFileSync(pathOf(), '# Shop\n\n- [ ] Open\n- [x] Done\n- [-] Half\n- [?] Odd\n');
    const bundle = readBundle(root);
    const guards = [...boxGuards(await interpret(bundle), bundle.files).values()];
    expect(guards.map((guard) => (typeof guard === 'string' ? guard : guard.line))).toEqual([
      3,
      'Its mark is `-`, which nothing says the meaning of.',
      'Its mark is `?`, which nothing says the meaning of.',
    ]);
  });

  it('changes exactly the bytes of the marks, or nothing, whatever is edited meanwhile', async () => {
    const line = fc.oneof(
      fc.constantFrom('- [ ] One', '- [ ] Two', '- [x] Three', '- [ ] 四 🏪', '', '## Part', 'Prose [ ] here.', '  - [ ] Deep'),
      fc.stringMatching(/^[a-z \u00e9\u{1f3ea}]{0,12}$/u),
    );
    const end = fc.constantFrom('\n', '\r\n', '\r');
    const text = fc.tuple(fc.array(line, { maxLength: 12 }), end, fc.boolean());
    await fc.assert(
      fc.asyncProperty(text, fc.option(fc.tuple(fc.nat({ max: 12 }), line)), async ([lines, eol, bom], edit) => {
        const write = (written: readonly string[]): string => (bom ? '\u{FEFF}' : '') + ['# Shop', '', ...written].join(eol);
        const guards = await read(write(lines));
        const edited = edit === null ? lines : lines.toSpliced(Math.min(edit[0], lines.length), 0, edit[1]);
        const before = Buffer.from(write(edited));
        writeFileSync(pathOf(), before);
        const outcomes = tickBoxes(root, 'spec.md', guards);
        const after = readFileSync(pathOf());
        expect(after.length).toBe(before.length);
        const changed = [...before.keys()].filter((at) => before[at] !== after[at]);
        expect(changed.every((at) => after.toString('latin1', at - 1, at + 2) === '[x]')).toBe(true);
        expect(changed.length).toBe(outcomes.filter(({ ticked }) => ticked).length);
        if (edit === null) expect(changed.length).toBe(guards.length);
      }),
      { numRuns: 200 },
    );
  });
});

/** As a dialect would have read the box of a task that is written there. */
function guardOfFirstLine(text: string): BoxGuard {
  const source = { file: 'spec.md', line: 1, column: 1, endLine: 1 };
  const work = { kind: 'work', id: 'a', name: 'a', section: '', source, text: '', status: 'doing', optional: false } as const;
  const rest = { writes: [], covers: [], checkpoint: false, labels: [], needs: [] };
  const box = { line: 1, column: text.indexOf('[') + 2 };
  const guard = boxGuards({ elements: [{ ...work, ...rest, box }] }, [{ path: 'spec.md', text }]).get('a');
  if (typeof guard !== 'object') throw new Error('no guard');
  return guard;
}
