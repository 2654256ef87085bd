import fc from 'fast-check';

/** Pieces that mean something in some dialect or document. */
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
  '```',
  '```json\n',
  '~~~',
  '<',
  '>',
  '|',
  '?',
  ':',
  ';',
  '&',
  "'",
  '[ ] ',
  '[x] ',
  '[-] ',
  '[ ]* ',
  '__',
  '$ref',
  'Component: ',
  'Contract: ',
  'Integration: ',
  'Schema: ',
  'Interfaces: ',
  'Producers: ',
  'Consumers: ',
  'Responsibilities: ',
  'string',
  'UUID',
  'Order',
  'array<',
  'map<string, ',
  'null',
  '\u{0000}',
  '状态',
  'POST /',
  'wss://',
  '&a ',
  '*a',
  '!!js ',
  ' for ',
  ' and ',
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

/** A piece so many times that what takes more than its length in time is seen. */
const flood: fc.Arbitrary<Edit> = fc
  .tuple(position, fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 3 }), fc.integer({ min: 1000, max: 30_000 }))
  .map(([at, pieces, times]) => ({ kind: 'insert', at, piece: pieces.join('').repeat(times) }));

/** Texts that were once one of the seeds, by up to a dozen edits. */
export function mutationsOf(seeds: readonly string[], { floods = false } = {}): fc.Arbitrary<string> {
  const edits = fc.array(floods ? fc.oneof({ arbitrary: edit, weight: 80 }, { arbitrary: flood, weight: 1 }) : edit, {
    minLength: 1,
    maxLength: 12,
  });
  return fc.tuple(fc.constantFrom(...seeds), edits).map(([seed, changes]) => changes.reduce(applied, seed));
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
