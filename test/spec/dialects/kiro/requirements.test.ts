import { describe, expect, it } from 'vitest';

import { codesOf, kiroOf, requirementsOf, text, workOf } from './kiro-spec.ts';

const idsOf = async (file: string, ...lines: string[]) =>
  requirementsOf(await kiroOf({ [file]: text(...lines) })).map(
    ({ requirementKind, sourceId }) => `${requirementKind} ${sourceId ?? '-'}`,
  );

describe('requirements', () => {
  it('are stories with criteria', async () => {
    const spec = await kiroOf({
      'requirements.md': text(
        '# Requirements Document',
        '',
        '## Glossary',
        '- **Term**: meaning',
        '',
        '## Requirements',
        '',
        '### Requirement 1: Login',
        '',
        '**User Story:** As a user, I want in, so that I am in.',
        '',
        '#### Acceptance Criteria',
        '',
        '1. WHEN a THEN the system SHALL b',
        '   - and more',
        '2. IF c THEN THE S SHALL d',
      ),
    });
    expect(requirementsOf(spec)).toMatchObject([
      { sourceId: '1', requirementKind: 'story', name: 'Login', text: 'As a user, I want in, so that I am in.' },
      {
        sourceId: '1.1',
        requirementKind: 'criterion',
        text: 'WHEN a THEN the system SHALL b - and more',
        parent: 'requirement:1',
      },
      { sourceId: '1.2', requirementKind: 'criterion' },
    ]);
  });

  it.each([
    ['### Requirement 2: X', '2'],
    ['### Requirement 2', '2'],
    ['### R2：X', 'R2'],
    ['### US-2：X', 'US-2'],
    ['### 需求 2：X', '2'],
    ['### 要件 2: X', '2'],
    ['### 요구사항 2: X', '2'],
    ['### Gereksinim 2: X', '2'],
    ['### Anforderung 2: X', '2'],
    ['### FR-2: X', 'FR-2'],
    ['## Requirement 2 - X', '2'],
  ])('%s', async (heading, id) => {
    const [requirement, criterion] = requirementsOf(await kiroOf({ 'requirements.md': text(heading, '1. THE S SHALL b') }));
    expect(requirement?.sourceId).toBe(id);
    expect(criterion).toMatchObject({ sourceId: '2.1', parent: requirement?.id });
  });

  it('may have bare numbers in their section', async () => {
    expect(
      await idsOf(
        'requirements.md',
        '# A',
        '## 1. Background',
        '### 1.1 Now',
        '## 2. Requirements',
        '### 3. X',
        '1. THE S SHALL b',
      ),
    ).toEqual(['functional 3', 'criterion 3.1']);
  });

  it('may print the ids of their criteria', async () => {
    expect(
      await idsOf(
        'requirements.md',
        '### 要件 6: X',
        '#### 受け入れ基準',
        '6.1. これを満たす:',
        '   - 6.1.a/b より早く',
        '6.2. 作業',
      ),
    ).toEqual(['functional 6', 'criterion 6.1', 'criterion 6.2']);
  });

  it('may number all criteria alike', async () => {
    expect(await idsOf('requirements.md', '### Requirement 1', '#### Acceptance Criteria', '1. a', '1. b', '1. c')).toEqual([
      'functional 1',
      'criterion 1.1',
      'criterion 1.2',
      'criterion 1.3',
    ]);
  });

  it('may have criteria in bullets, and boxes', async () => {
    const spec = await kiroOf({
      'requirements.md': text('### Requirement 1', '#### Acceptance Criteria', '- WHEN a THEN b', '- [ ] 2. WHEN c THEN d'),
    });
    expect(requirementsOf(spec).map(({ sourceId }) => sourceId)).toEqual(['1', '1.1', '1.2']);
    expect(spec.coverage.boxes.criterion).toBe(1);
  });

  it('may group their criteria', async () => {
    const lines = [
      '### Requirement 2: X',
      '#### Acceptance Criteria',
      '##### list',
      '1. a',
      '##### show',
      '2. b',
      '### Requirement 4: Y',
    ];
    const parts = ['#### Acceptance Criteria', '#### 4.1 Part', '1. c', '2. d', '#### 4.2 Part', '1. e'];
    const ids = ['functional 2', 'criterion 2.1', 'criterion 2.2', 'functional 4', 'functional 4.1', 'criterion 4.1.1'];
    expect(await idsOf('requirements.md', ...lines, ...parts)).toEqual([
      ...ids,
      'criterion 4.1.2',
      'functional 4.2',
      'criterion 4.2.1',
    ]);
  });

  it('may have criteria with letters, and lines that trace them', async () => {
    const lines = [
      '### R1 — X',
      '- R1.1 (Ubiquitous): O sistema deve a',
      '- **R1.2**: b',
      '## Rastreabilidade',
      '- R1-R3 -> design',
      '- R1 -> tasks',
    ];
    expect(await idsOf('requirements.md', ...lines)).toEqual(['functional R1', 'criterion R1.1', 'criterion R1.2']);
  });

  it('may have letters that count', async () => {
    const lines = ['### 需求 A01：甲', '#### 驗收條件', '1. WHEN a', '### 需求 B01：乙', '#### 驗收條件', '1. WHEN b'];
    expect(await idsOf('requirements.md', ...lines)).toEqual([
      'functional A01',
      'criterion A01.1',
      'functional B01',
      'criterion B01.1',
    ]);
  });

  it('may be bullets with ids', async () => {
    expect(await idsOf('requirements.md', '## Non-Functional', '- **NFR-1**: fast', '- **Performance**: prose')).toEqual([
      'quality NFR-1',
    ]);
  });

  it('are not what an introduction numbers', async () => {
    expect(
      await idsOf(
        'requirements.md',
        '## Introduction',
        '1. **First** thing',
        '## Requirements',
        '### Requirement 1: A',
        '1. THE S SHALL b',
      ),
    ).toEqual(['functional 1', 'criterion 1.1']);
  });
});

describe('requirements that no table of words knows', () => {
  it('are headings with a foreign word and a number', async () => {
    const spec = await kiroOf({
      'requirements.md': text(
        '# Требования',
        '## Требования',
        '### Требование 1: Вход',
        '**Пользовательская история:** Как гость, я хочу войти.',
        '#### Критерии приёмки',
        '1. КОГДА а, ТО б',
        '2. КОГДА в, ТО г',
        '### Требование 2: Выход',
        '#### Критерии приёмки',
        '1. КОГДА д, ТО е',
      ),
      'tasks.md': text('# План', '- [ ] 1. Сделать', '  - _Требования: 1.2, 2_'),
    });
    expect(requirementsOf(spec).map(({ sourceId, requirementKind }) => `${requirementKind} ${sourceId}`)).toEqual([
      'story 1',
      'criterion 1.1',
      'criterion 1.2',
      'functional 2',
      'criterion 2.1',
    ]);
    expect(requirementsOf(spec)[0]).toMatchObject({ name: 'Вход', text: 'Как гость, я хочу войти.' });
    expect(workOf(spec)[0]?.covers).toEqual(['requirement:1-2', 'requirement:2']);
  });

  it('are headings with letters that count', async () => {
    const lines = ['### Requirement 1: A', '1. THE S SHALL b', '## Derived', '### DR1: B', '#### Acceptance Criteria', '1. c'];
    expect(await idsOf('requirements.md', ...lines, '### DR2: D', '### S3: bucket')).toEqual([
      'functional 1',
      'criterion 1.1',
      'functional DR1',
      'criterion DR1.1',
      'functional DR2',
    ]);
  });

  it('may have a word before theirs, and are called by the initials', async () => {
    const lines = ['### Requirement 1: A', '1. THE S SHALL b', '### Derived Requirement 1: C', '1. THE S SHALL d'];
    const spec = await kiroOf({
      'requirements.md': text(...lines, '### Non-Functional Requirement 2: E'),
      'tasks.md': text('# Plan', '- [ ] 1. Do', '  - _Requirements: DR1.1, NFR-2_'),
    });
    expect(requirementsOf(spec).map(({ sourceId, requirementKind }) => `${requirementKind} ${sourceId}`)).toEqual([
      'functional 1',
      'criterion 1.1',
      'functional Derived Requirement 1',
      'criterion DR1.1',
      'quality Non-Functional Requirement 2',
    ]);
    expect(workOf(spec)[0]?.covers).toHaveLength(2);
    expect(codesOf(spec)).toEqual([]);
  });

  it('are headings with a word, where there are no others', async () => {
    expect(
      await idsOf('requirements.md', '## Feature 1: A', '1. THE S SHALL b', '## Feature 2: B', '## Phase 1', '## Phase 2'),
    ).toEqual(['functional 1', 'criterion 1.1', 'functional 2']);
  });

  it('are numbered headings with a story, wherever they stand', async () => {
    const lines = [
      '## 1. Adoption',
      '### 1.1 Detection',
      '**User Story**: As a user, I want it.',
      '**Acceptance Criteria**:',
      '- a',
    ];
    expect(await idsOf('requirements.md', ...lines, '### 1.2 Notes')).toEqual(['story 1.1', 'criterion 1.1.1']);
    const told = [
      '## User Stories',
      '### 1. Requests',
      '**As a user**, I want it.',
      '**Acceptance Criteria:**',
      '- 1.1 a',
      '- 1.2 b',
    ];
    expect(await idsOf('requirements.md', ...told)).toEqual(['functional 1', 'criterion 1.1', 'criterion 1.2']);
  });

  it('are a list, where there are no headings', async () => {
    const lines = [
      '# Requirements: A',
      '## Background',
      '1. x',
      '## Requirements',
      '1. B',
      '2. C',
      '## Acceptance Criteria',
      '1. d',
    ];
    expect(await idsOf('requirements.md', ...lines)).toEqual(['functional 1', 'functional 2', 'acceptance -']);
    expect(await idsOf('requirements.md', '## Requirements', '1. B', '### Requirement 1: C')).toEqual(['functional 1']);
  });
});

it('reads the statements of a bugfix in any language', async () => {
  expect(
    await idsOf('bugfix.md', '### Aktuelles Verhalten', '1.1 WENN a, DANN b', '', '### Erwartet', '2.1 WENN a, DANN SOLL c'),
  ).toEqual(['criterion 1.1', 'criterion 2.1']);
});

it('reads the statements of a bugfix', async () => {
  const lines = [
    '# Bugfix Requirements Document',
    '## Bug Analysis',
    '### Current Behavior (Defect)',
    '1.1 WHEN a THEN the system b',
    '',
    '### Expected Behavior (Correct)',
    '2.1 WHEN a THEN the system SHALL c',
  ];
  expect(await idsOf('bugfix.md', ...lines)).toEqual(['criterion 1.1', 'criterion 2.1']);
});

describe('properties', () => {
  const FILES = {
    'requirements.md': text('### Requirement 1: A', '1. THE S SHALL b', '2. THE S SHALL c'),
    'design.md': text(
      '# Design',
      '## Properties',
      '### Property 1: Round trip',
      '',
      '_For any_ x, y.',
      '',
      '**Validates: Requirements 1.2**',
      '',
      '## Checklist',
      '- [ ] thought of',
      '```json',
      '{"waves": []}',
      '```',
    ),
    'tasks.md': text('# Plan', '- [ ] 1. Test', '  - **Property 1: Round trip**'),
  };

  it('are requirements, covered with what they validate', async () => {
    const spec = await kiroOf(FILES);
    const property = requirementsOf(spec).find(({ requirementKind }) => requirementKind === 'property');
    expect(property).toMatchObject({ sourceId: 'Property 1', name: 'Round trip', text: '_For any_ x, y.' });
    expect(workOf(spec)[0]?.covers).toEqual([property?.id, 'requirement:1-2']);
  });

  it('may have letters after their number', async () => {
    const files = { ...FILES, 'design.md': text('### Property 12: A', '### Property 12a: B') };
    const properties = requirementsOf(await kiroOf(files)).filter(({ requirementKind }) => requirementKind === 'property');
    expect(properties).toMatchObject([
      { sourceId: 'Property 12', name: 'A' },
      { sourceId: 'Property 12a', name: 'B' },
    ]);
  });

  it('stand in a design whose boxes are no tasks', async () => {
    const spec = await kiroOf(FILES);
    expect(workOf(spec)).toHaveLength(1);
    expect(codesOf(spec)).toEqual(['SPEC_CONTEXT_FILE']);
  });
});
