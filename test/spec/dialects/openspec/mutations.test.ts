import fc from 'fast-check';
import { describe, it } from 'vitest';

import { mergeDeltas } from '../../../../src/spec/dialects/openspec/merge-deltas.ts';
import { checkLaws } from '../../laws.ts';
import { mutationsOf } from '../../mutate.ts';

const TASKS = `# Tasks

## 1. Store
- [x] 1.1 Add \`src/store.ts\`
  - [ ] part (depends on 1.1)
- [~] 1.2 [P] (skipped) Index it
\`\`\`
- [ ] 9.9 no
\`\`\`
## Phase 2: Web
### Task 2.1: Show it ✅
- **File**: \`src/a.ts\`
- Depends on: 1.1-1.2
**Acceptance:**
- [ ] it shows
- ✅ 2.2 Done
<!-- x -->
> - [ ] 3.1 q
## Dependencies
1.1 → 1.2 → 2.1
- 2.1 depends on 1.2
## Success Criteria
- [ ] fast
`;
const SPEC =
  '# a\n\n## Purpose\nTBD\n\n## Requirements\n### Requirement: Login\nIt SHALL ask.\n\n#### Scenario: Right\n- **THEN** it opens\n\n### Requirement: C#\nIt MUST.\n';
const DELTA =
  '## ADDED Requirements\n### Requirement: New ##\nIt SHALL.\n#### Scenario: A\n- x\n## MODIFIED Requirements\n### Requirement: Login\nNo.\n## REMOVED Requirements\n- `### Requirement: C#`\n## RENAMED Requirements\n- FROM: `### Requirement: Login`\n- TO: `### Requirement: Sign-in`\n';

describe('OpenSpec files, mutated', () => {
  it('are read without a throw, a hang or a loss', async () => {
    const property = fc.asyncProperty(
      mutationsOf([TASKS]),
      mutationsOf([DELTA, SPEC]),
      mutationsOf([SPEC, DELTA]),
      async (tasks, delta, spec) => {
        await checkLaws(
          {
            'openspec/changes/a/tasks.md': tasks,
            'openspec/changes/a/specs/auth/spec.md': delta,
            'openspec/changes/archive/2026-01-01-b/tasks.md': tasks,
            'openspec/changes/a/proposal.md': spec,
            'openspec/specs/auth/spec.md': spec,
          },
          'openspec',
        );
      },
    );
    await fc.assert(property, { numRuns: 600 });
  }, 60_000);

  it('are merged without a throw', () => {
    const property = fc.property(mutationsOf([DELTA]), mutationsOf([SPEC]), (delta, current) => {
      mergeDeltas({ capability: 'auth', change: 'a', delta, current });
    });
    fc.assert(property, { numRuns: 600 });
  }, 60_000);
});
