import { describe, expect, it } from 'vitest';

import { diagnosticOf } from '../../bundle-of.ts';
import { changeWith, codesOf, edgesOf, tasksOf } from './change-with.ts';

describe('explicit dependencies', () => {
  it('ends a fence in a quote with the quote', async () => {
    const spec = await changeWith(
      '## 1. A',
      '- [ ] 1.1 Say',
      '',
      '  > Like so:',
      '  > ```',
      '  > - [ ] 9.1 Example',
      '  > ```',
      '',
      '- [ ] 1.2 Go on',
      '> ~~~',
      '- [ ] 1.3 And on',
    );
    expect(tasksOf(spec).map(({ sourceId }) => sourceId)).toEqual(['1.1', '1.2', '1.3']);
    expect(codesOf(spec)).toEqual(['SPEC_BLOCK_IGNORED']);
  });

  it('tells once of all lines that say in words what a task needs', async () => {
    const spec = await changeWith(
      '## 1. A',
      '- [ ] 1.1 One',
      '- [ ] 1.2 Two',
      '  - **Depends on**: 1.1 must be green',
      '- [ ] 1.3 Three',
      '  - **Depends on**: whatever 1.1 leaves',
    );
    expect(edgesOf(spec, 'explicit')).toEqual([]);
    expect(codesOf(spec)).toEqual(['SPEC_DEPENDENCY_PROSE']);
    expect(diagnosticOf(spec, 'SPEC_DEPENDENCY_PROSE')).toMatchObject({ line: 4, message: expect.stringContaining('(4, 6)') });
  });

  it('obeys id lists in brackets and labelled lines', async () => {
    const spec = await changeWith(
      '## 1. A',
      '- [ ] 1.1 One',
      '- [ ] 1.2 Two',
      '- [ ] 1.3 Three (depends on 1.1), on Java 17 (requires 21)',
      '## 2. B',
      '- [ ] 2.1 Four',
      '  - **Depends on**: 1.1-1.3',
      '- [ ] 2.2 Five（依赖：1.2、2.1）',
      '- [ ] 2.3 Six',
      '  - Dependencies: None',
      '- [ ] 2.4 Seven',
      '  - Dependencies: 1',
    );
    expect(edgesOf(spec, 'explicit').toSorted()).toEqual([
      '1.3 <- 1.1 explicit',
      '2.1 <- 1.1 explicit',
      '2.1 <- 1.2 explicit',
      '2.1 <- 1.3 explicit',
      '2.2 <- 1.2 explicit',
      '2.2 <- 2.1 explicit',
      '2.4 <- 1.3 explicit',
    ]);
    expect(codesOf(spec)).toEqual([]);
  });

  it('obeys arrows and lists in a section about dependencies, and tells of sentences', async () => {
    const spec = await changeWith(
      '## 1. A',
      '- [ ] 1.1 One',
      '- [ ] 1.2 Two',
      '- [ ] 1.3 Three',
      '',
      '## Dependencies',

      'Critical path: Task 1.1 → Task 1.3',
      '- 1.3 depends on 1.2',
      '- Task 1.1 must come before Task 1.2, because it is small',
    );
    expect(edgesOf(spec, 'explicit').toSorted()).toEqual(['1.3 <- 1.1 explicit', '1.3 <- 1.2 explicit']);
    expect(diagnosticOf(spec, 'SPEC_DEPENDENCY_PROSE').line).toBe(9);
  });

  it('takes `## 1. Dependencies` with boxes for work', async () => {
    expect(tasksOf(await changeWith('## 1. Dependencies', '- [ ] 1.1 Install `zod`')).length).toBe(1);
  });

  it('reports ids that are not there', async () => {
    expect(codesOf(await changeWith('## 1. A', '- [ ] 1.1 One (depends on 7.7)'))).toEqual(['SPEC_DEPENDENCY_UNKNOWN']);
  });
});
