import fc from 'fast-check';

/** Pieces that mean something in some dialect. */
const PIECES = [
  '- ',
  '  - ',
  '    ',
  '\t',
  '\n',
  '\n\n',
  '\r\n',
  '`',
  '```\n',
  '~~~\n',
  '```mermaid\n',
  '# ',
  '## ',
  '### ',
  '---\n',
  '***',
  '**',
  '_',
  '> ',
  '1. ',
  '- [ ] ',
  '- [x] ',
  '- [X] ',
  '- [-] ',
  '- [~] ',
  '- [ ]* ',
  '- [] ',
  '- [P] ',
  '[P] ',
  '[US1] ',
  '[',
  ']',
  '(',
  ')',
  '（',
  '）',
  '：',
  '、',
  '，',
  ',',
  'T001 ',
  'T001',
  'T999',
  'T007b',
  '1.1 ',
  '2. ',
  '1.2, 2.3',
  '(depends on T001)',
  '(depends on T001-T900)',
  '→',
  '->',
  'FR-001',
  '**FR-001**: ',
  'SC-001',
  '## Phase 1: Setup\n',
  '## Dependencies\n',
  '### User Story 1 - A (Priority: P1)\n',
  '## Tasks\n',
  '## Notes\n',
  '**Given** a, **When** b, **Then** c\n',
  '| a | b |\n',
  '<!--',
  '-->',
  '\\',
  '{',
  '}',
  '"',
  ': ',
  '__proto__',
  'constructor',
  '\u{FEFF}',
  '\u{202E}',
  '\u{D800}',
  '😀',
  '阶段',
  '../..',
  'src/a.ts ',
  '`src/a.ts` ',
];

type Edit =
  | { kind: 'insert'; at: number; piece: string }
  | { kind: 'delete'; at: number; length: number }
  | { kind: 'repeat'; at: number; length: number; times: number }
  | { kind: 'move'; at: number; length: number; to: number };

const position = fc.double({ min: 0, max: 1, noNaN: true });
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ kind: fc.constant('insert' as const), at: position, piece: fc.oneof(fc.constantFrom(...PIECES), fc.string()) }),
  fc.record({ kind: fc.constant('delete' as const), at: position, length: fc.nat(80) }),
  fc.record({ kind: fc.constant('repeat' as const), at: position, length: fc.nat(60), times: fc.integer({ min: 2, max: 40 }) }),
  fc.record({ kind: fc.constant('move' as const), at: position, length: fc.nat(200), to: position }),
);

/** Texts that were once one of the seeds. */
export function mutationsOf(seeds: readonly string[]): fc.Arbitrary<string> {
  return fc
    .tuple(fc.constantFrom(...seeds), fc.array(edit, { minLength: 1, maxLength: 12 }))
    .map(([seed, edits]) => edits.reduce(applied, seed));
}

function applied(text: string, change: Edit): string {
  const at = Math.floor(change.at * text.length);
  if (change.kind === 'insert') return text.slice(0, at) + change.piece + text.slice(at);
  const piece = text.slice(at, at + change.length);
  const rest = text.slice(0, at) + text.slice(at + change.length);
  if (change.kind === 'delete') return rest;
  if (change.kind === 'repeat') return text.slice(0, at) + piece.repeat(change.times) + text.slice(at + change.length);
  const to = Math.floor(change.to * rest.length);
  return rest.slice(0, to) + piece + rest.slice(to);
}
