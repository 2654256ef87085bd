import fc from 'fast-check';
import { expect, it } from 'vitest';

import { buildGraph } from '../../../../src/spec/build-graph.ts';
import { interpret } from '../../../../src/spec/interpret.ts';
import { bundleOf } from '../../bundle-of.ts';
import { checkLaws } from '../../laws.ts';
import { mutationsOf } from '../../mutate.ts';
import { text } from './kiro-spec.ts';
import { cpuTime } from '../../cpu-time.ts';

const TASKS = text(
  '# Implementation Plan: Shop',
  '',
  '## Tasks',
  '',
  '- [ ] 1. Set up',
  '  - [x] 1.1 (P) Schema',
  '    - do it',
  '    - _Requirements: 1.1, 1.2_',
  '    - _Boundary: Store_',
  '  - [ ]* 1.2 (P) Tests',
  '    - **Property 1: Same**',
  '    - **Validates: Requirements 1.2**',
  '    - _Depends: 1.1_',
  '- [-] 2. Checkpoint - look',
  '',
  '### Phase 2：更多',
  '',
  '- [~] 3. 建立',
  '- [ ] 3.1 次',
  '  - Requirements：R1、R2',
  '- [ ] 0.V Gate',
  '',
  '## Notes',
  '- [ ] note',
  '',
  '## Task Dependency Graph',
  '```json',
  '{"waves":[{"id":0,"tasks":["1.1","1.2"]},{"id":1,"tasks":["3.1"],"depends_on":[0]}]}',
  '```',
  '```mermaid',
  'T1 --> T2',
  '```',
  '1 → 2',
);
const REQUIREMENTS = text(
  '# Requirements Document',
  '## Requirements',
  '### Requirement 1: In',
  '**User Story:** As a user, I want in.',
  '#### Acceptance Criteria',
  '1. WHEN a THEN the system SHALL b',
  '   - more',
  '2. IF c THEN d',
  '### R2：X',
  '- [ ] WHEN x THEN y',
  '- **NFR-1**: fast',
  '1.1 WHEN a THEN b',
);
const DESIGN = text(
  '# Design',
  '### Property 1: Same',
  '_For any_ x',
  '**Validates: Requirements 1.2**',
  '- [ ] idea',
  '```',
  'code',
  '```',
);

it.each([
  ['tasks.md', TASKS],
  ['requirements.md', REQUIREMENTS],
  ['design.md', DESIGN],
])('%s may be changed in any way', async (name, seed) => {
  const rest = { 'design.md': DESIGN, 'requirements.md': REQUIREMENTS, 'tasks.md': TASKS };
  const law = fc.asyncProperty(mutationsOf([seed]), async (changed) => {
    await checkLaws({ ...rest, [name]: changed }, 'kiro');
  });
  await fc.assert(law, { numRuns: 250 });
});

it('takes time in proportion to its length', async () => {
  const count = 4000;
  const lines = Array.from(
    { length: count },
    (_, index) =>
      `- [ ] ${Math.floor(index / 10) + 1}.${(index % 10) + 1} (P) Do it\n  - _Requirements: 1.1_\n  - _Depends: ${Math.floor(index / 10) + 1}.1_`,
  );
  const files = { 'requirements.md': REQUIREMENTS, 'tasks.md': text('# Plan', ...lines) };
  const started = cpuTime();
  const graph = buildGraph(await interpret(bundleOf(files), { dialect: 'kiro' }));
  expect(cpuTime() - started).toBeLessThan(2000);
  expect(graph.tasks.length).toBeGreaterThanOrEqual(count);
});
