import { describe, expect, it } from 'vitest';

import { codesOf, edgesOf, kiroOf, tasksOf, workOf } from './kiro-spec.ts';

const fence = (json: string): string[] => ['', '## Task Dependency Graph', '', '```json', json, '```'];

describe('the order of tasks without waves', () => {
  it('is that of the file', async () => {
    expect(edgesOf(await tasksOf('- [ ] 1. A', '- [ ] 2. B', '- [ ] 3. C'))).toEqual([
      '2 ← 1 (structural)',
      '3 ← 2 (structural)',
    ]);
  });

  it('goes through the parts', async () => {
    const edges = edgesOf(await tasksOf('- [ ] 1. A', '  - [ ] 1.1 B', '  - [ ] 1.2 C', '- [ ] 2. D', '  - [ ] 2.1 E'));
    expect(edges).toEqual(['1.2 ← 1.1 (structural)', '2.1 ← 1 (structural)']);
  });

  it('lets (P) run beside its neighbours', async () => {
    const edges = edgesOf(await tasksOf('- [ ] 1.1 A', '- [ ] 1.2 (P) B', '- [ ] 1.3 (P) C', '- [ ] 1.4 D'));
    expect(edges).toEqual([
      '1.2 ← 1.1 (structural)',
      '1.3 ← 1.1 (structural)',
      '1.4 ← 1.2 (structural)',
      '1.4 ← 1.3 (structural)',
    ]);
  });

  it('parts (P) by headings', async () => {
    const edges = edgesOf(await tasksOf('### 1. X', '- [ ] 1.1 (P) A', '### 2. Y', '- [ ] 2.1 (P) B'));
    expect(edges).toEqual(['2.1 ← 1.1 (structural)']);
  });

  it('passes over what is done', async () => {
    expect(edgesOf(await tasksOf('- [ ] 1. A', '- [x] 2. B', '- [ ] 3. C'))).toEqual(['3 ← 1 (structural)']);
  });
});

describe('_Depends_', () => {
  it('makes explicit edges', async () => {
    const edges = edgesOf(
      await tasksOf(
        '- [ ] 1.1 (P) A',
        '- [ ] 1.2 (P) B',
        '  - _Depends: 1.1_',
        '- [ ] 1.3 (P) C',
        '  - _Depends: 1.1, 1.2 (for the schema)_',
      ),
    );
    expect(edges).toEqual(['1.2 ← 1.1 (explicit)', '1.3 ← 1.1 (explicit)', '1.3 ← 1.2 (explicit)']);
  });

  it('knows ids with letters and words', async () => {
    const edges = edgesOf(
      await tasksOf(
        '- [ ] **REGISTRY-1: A**',
        '- [ ] **ENGINE-2: B**',
        '- [ ] A.1 C',
        '- [ ] **LAST-3: D**',
        '  - **Dependencies:** REGISTRY-1 (the store), A.1',
      ),
    );
    expect(edges.filter((edge) => edge.includes('explicit'))).toEqual([
      'LAST-3 ← REGISTRY-1 (explicit)',
      'LAST-3 ← A.1 (explicit)',
    ]);
  });

  it('may say none', async () =>
    expect(codesOf(await tasksOf('- [ ] 1. A', '  - _Depends: none_'))).not.toContain('SPEC_DEPENDENCY_PROSE'));
  it('may be prose', async () =>
    expect(codesOf(await tasksOf('- [ ] 1. A', '  - _Depends: the database team_'))).toContain('SPEC_DEPENDENCY_PROSE'));
  it('may be unknown', async () =>
    expect(codesOf(await tasksOf('- [ ] 1. A', '  - _Depends: 9.9_'))).toContain('SPEC_DEPENDENCY_UNKNOWN'));
  it('may run in a circle', async () => {
    const spec = await tasksOf('- [ ] 1. A', '  - _Depends: 2_', '- [ ] 2. B', '  - _Depends: 1_');
    expect(spec.diagnostics.find(({ code }) => code === 'SPEC_CYCLE')?.message).toContain('1 → 2 → 1');
  });

  it('means the own specification', async () => {
    const spec = await kiroOf({
      '.kiro/specs/a/tasks.md': '- [ ] 1. A\n  - _Depends: 7_\n',
      '.kiro/specs/b/tasks.md': '- [ ] 7. B\n',
    });
    expect(edgesOf(spec)).toEqual([]);
    expect(codesOf(spec)).toContain('SPEC_DEPENDENCY_UNKNOWN');
  });
});

describe('arrows between numbers in words', () => {
  const WORK = ['- [ ] 6. A', '- [ ] 6.1 B', '- [ ] 6.2 C', '- [ ] 6.3 D', '', '## Dependencies', ''];

  it('are read where the words say that one ends', async () => {
    const edges = edgesOf(await tasksOf(...WORK, '- 6.1完了 → 6.2, 6.3開始可能'));
    expect(edges).toContain('6.2 ← 6.1 (explicit)');
    expect(edges).toContain('6.3 ← 6.1 (explicit)');
  });

  it('are none where they say something else', async () => {
    expect(edgesOf(await tasksOf(...WORK, '- 6.1案 → 6.2')).filter((edge) => edge.includes('explicit'))).toEqual([]);
  });
});

describe('waves', () => {
  const TASKS = [
    '- [ ] 1. A',
    '  - [ ] 1.1 B',
    '  - [ ] 1.2 C',
    '- [ ] 2. Checkpoint - tests pass',
    '- [ ] 3. D',
    '  - [ ] 3.1 E',
    '- [ ] 4. Final checkpoint',
  ];
  const EDGES = ['2 ← 1.1 (wave)', '2 ← 1.2 (wave)', '3.1 ← 2 (wave)', '4 ← 3.1 (wave)'];

  it.each([
    ['{"waves":[{"id":0,"tasks":["1.1","1.2"]},{"id":1,"tasks":["3.1"]}]}'],
    ['{"waves":[["1.1","1.2"],["3.1"]]}'],
    ['{"waves":[[1.1,1.2],[3.1]]}'],
    ['[{"wave":1,"description":"x","tasks":["1.1","1.2"]},{"wave":2,"tasks":["3.1"]}]'],
    ['{"waves":[{"wave":1,"tasks":["1.1","1.2"],"status":"completed"},{"wave":2,"tasks":["3.1"]}]}'],
    [
      '{"waves":[{"id":"w2","name":"two","tasks":["3.1"],"depends_on":["w1"]},{"id":"w1","name":"one","tasks":["1.1","1.2"],"depends_on":[]}]}',
    ],
    ['{"waves":{"0":["1.1","1.2"],"1":["3.1"]}}'],
    ['{"waves":[{"id":0,"tasks":[{"id":"1.1"},{"id":"1.2"}]},{"id":1,"tasks":["3.1 E"]}]}'],
    ['{"waves":[{"id":0,"tasks":["1.1","1.2"],},{"id":1,"tasks":["3.1"]},]}'],
  ])('%s: checkpoints are put back', async (json) => {
    const spec = await tasksOf(...TASKS, ...fence(json));
    expect(edgesOf(spec)).toEqual(EDGES);
    expect(codesOf(spec)).toEqual([]);
  });

  it('list a task with parts for its parts, which keep their order', async () => {
    const edges = edgesOf(await tasksOf(...TASKS, ...fence('{"waves":[["1"],["3"]]}')));
    expect(edges).toEqual(['1.2 ← 1.1 (wave)', '2 ← 1 (wave)', '3.1 ← 2 (wave)', '4 ← 3 (wave)']);
  });

  it('may list a part after its whole', async () => {
    const edges = edgesOf(
      await tasksOf('- [ ] 1. A', '  - [ ] 1.1 Test it', '- [ ] 2. B', ...fence('{"waves":[["1"],["1.1","2"]]}')),
    );
    expect(edges).toEqual(['1.1 ← 1 (wave)', '2 ← 1 (wave)']);
  });

  it('may name ids in their texts', async () => {
    const graph = '{"waves":[{"tasks":["2.1"],"description":"needs 1.1, 1.2, and \\"3.1\\""},{"tasks":["1.1"]}]}';
    expect(edgesOf(await tasksOf('- [ ] 1.1 A', '- [ ] 2.1 B', ...fence(graph)))).toEqual(['1.1 ← 2.1 (wave)']);
  });

  it('close a whole after all its parts', async () => {
    const spec = await tasksOf(...TASKS, ...fence('{"waves":[["1.1","1.2"],["3.1"]]}'));
    const [whole, ...rest] = workOf(spec);
    expect(whole?.needs.map(({ task }) => task)).toEqual(rest.slice(0, 2).map(({ id }) => id));
  });

  it('keep the zero of 1.10', async () => {
    expect(edgesOf(await tasksOf('- [ ] 1.1 A', '- [ ] 1.10 B', ...fence('{"waves":[[1.1],[1.10]]}')))).toEqual([
      '1.10 ← 1.1 (wave)',
    ]);
  });

  it('name tasks that are not there', async () => {
    expect(codesOf(await tasksOf('- [ ] 1. A', ...fence('{"waves":[["1"],["9"]]}')))).toEqual(['SPEC_DEPENDENCY_UNKNOWN']);
  });

  it('that are broken leave the order of the file', async () => {
    const spec = await tasksOf('- [ ] 1. A', '- [ ] 2. B', ...fence('{"waves":[["1"],["2"'));
    expect(edgesOf(spec)).toEqual(['2 ← 1 (structural)']);
    expect(codesOf(spec)).toContain('SPEC_BLOCK_IGNORED');
    expect(spec.diagnostics.every(({ severity }) => severity !== 'error')).toBe(true);
  });

  it('may give the needs of tasks', async () => {
    expect(edgesOf(await tasksOf('- [ ] 1. (P) A', '- [ ] 2. (P) B', ...fence('{"dependencies":{"2":["1"]}}')))).toEqual([
      '2 ← 1 (explicit)',
    ]);
    expect(edgesOf(await tasksOf('- [ ] 1. (P) A', '- [ ] 2. (P) B', ...fence('{"edges":[{"from":"1","to":"2"}]}')))).toEqual([
      '2 ← 1 (explicit)',
    ]);
  });

  it('leave other JSON alone', async () => {
    expect(edgesOf(await tasksOf('- [ ] 1. A', '- [ ] 2. B', ...fence('{"tasks":["a","b"]}')))).toEqual(['2 ← 1 (structural)']);
  });
});

describe('arrows', () => {
  it.each([
    [['```mermaid', 'graph TD', '  T1[Setup] --> T2[Work]', '```']],
    [['```', 'T1 --> T2', '```']],
    [['```mermaid', 'A[1. Setup] --> B[2. Work]', '```']],
    [['## Dependencies', '- 1 → 2']],
    [['```', 'T2 --> T1', '```']],
    [['```', 'Task 1 (A, with words)', '  → Task 2 (B)', '```']],
  ])('%j', async (lines) => {
    expect(edgesOf(await tasksOf('- [ ] 1. (P) A', '- [ ] 2. (P) B', '', ...lines))).toEqual(['2 ← 1 (explicit)']);
  });

  it('between other things mean nothing', async () => {
    expect(
      edgesOf(
        await tasksOf('- [ ] 1. (P) A', '- [ ] 2. (P) B', '', '## Dependencies', 'Phase 1 → Phase 2', 'then 1 → 2 as said'),
      ),
    ).toEqual([]);
  });
});
