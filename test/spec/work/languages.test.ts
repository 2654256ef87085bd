import { describe, expect, it } from 'vitest';

import { interpret } from '../../../src/spec/interpret.ts';
import type { RequirementElement, Specification, WorkElement } from '../../../src/spec/model.ts';
import { ACCOUNTED, accountOf, bundleOf } from '../bundle-of.ts';

interface Words {
  phase: string;
  dependencies: string;
  dependsOn: string;
  optional: string;
  acceptance: string;
  checkpoint: string;
  requirement: string;
  story: string;
}

const LANGUAGES: Record<string, Words> = {
  en: {
    phase: 'Phase 1: Base',
    dependencies: 'Dependencies & Execution Order',
    dependsOn: 'depends on',
    optional: 'optional',
    acceptance: 'Acceptance Criteria',
    checkpoint: 'Checkpoint',
    requirement: 'Requirement',
    story: 'User Story',
  },
  zh: {
    phase: '阶段 1：基础',
    dependencies: '依赖关系与执行顺序',
    dependsOn: '依赖',
    optional: '可选',
    acceptance: '验收标准',
    checkpoint: '检查点',
    requirement: '需求',
    story: '用户故事',
  },
  ja: {
    phase: 'フェーズ 1：基盤',
    dependencies: '依存関係',
    dependsOn: '依存：',
    optional: '任意',
    acceptance: '受け入れ基準',
    checkpoint: 'チェックポイント',
    requirement: '要件',
    story: 'ユーザーストーリー',
  },
  ko: {
    phase: '1단계: 기반',
    dependencies: '의존성 및 실행 순서',
    dependsOn: '의존:',
    optional: '선택',
    acceptance: '인수 조건',
    checkpoint: '체크포인트',
    requirement: '요구사항',
    story: '사용자 스토리',
  },
  es: {
    phase: 'Fase 1: Base',
    dependencies: 'Dependencias y orden de ejecución',
    dependsOn: 'depende de',
    optional: 'opcional',
    acceptance: 'Criterios de aceptación',
    checkpoint: 'Punto de control',
    requirement: 'Requisito',
    story: 'Historia de usuario',
  },
  pt: {
    phase: 'Fase 1: Base',
    dependencies: 'Dependências',
    dependsOn: 'depende de',
    optional: 'opcional',
    acceptance: 'Critérios de aceitação',
    checkpoint: 'Ponto de verificação',
    requirement: 'Requisito',
    story: 'História de usuário',
  },
  fr: {
    phase: 'Étape 1 : Base',
    dependencies: 'Dépendances',
    dependsOn: 'dépend de',
    optional: 'facultatif',
    acceptance: 'Critères d’acceptation',
    checkpoint: 'Point de contrôle',
    requirement: 'Exigence',
    story: 'Récit utilisateur',
  },
  de: {
    phase: 'Phase 1: Basis',
    dependencies: 'Abhängigkeiten und Reihenfolge',
    dependsOn: 'hängt ab von',
    optional: 'optional',
    acceptance: 'Akzeptanzkriterien',
    checkpoint: 'Kontrollpunkt',
    requirement: 'Anforderung',
    story: 'Benutzergeschichte',
  },
  tr: {
    phase: 'Aşama 1: Temel',
    dependencies: 'Bağımlılıklar',
    dependsOn: 'bağımlı',
    optional: 'isteğe bağlı',
    acceptance: 'Kabul Kriterleri',
    checkpoint: 'Kontrol noktası',
    requirement: 'Gereksinim',
    story: 'Kullanıcı Hikayesi',
  },
};

/** As an input method of Chinese or Japanese writes punctuation. */
function fullWidth(text: string): string {
  const marks = new Map([
    ['(', '（'],
    [')', '）'],
    [':', '：'],
    [', ', '、'],
  ]);
  return text.replaceAll(/[():]|, /g, (mark) => marks.get(mark) ?? mark);
}

const workOf = (spec: Specification): WorkElement[] => spec.elements.filter((element) => element.kind === 'work');
const requirementsOf = (spec: Specification): RequirementElement[] =>
  spec.elements.filter((element) => element.kind === 'requirement');

/** `T004<T001+T002`: what each task says it depends on. */
function explicitOf(spec: Specification): string[] {
  const names = new Map(workOf(spec).map(({ id, sourceId }) => [id, sourceId]));
  return workOf(spec).flatMap(({ sourceId, needs }) => {
    const told = needs.filter(({ kind }) => kind === 'explicit').map(({ task }) => names.get(task));
    return told.length === 0 ? [] : [`${sourceId}<${told.join('+')}`];
  });
}

const optionalOf = (spec: Specification): (string | undefined)[] =>
  workOf(spec)
    .filter(({ optional }) => optional)
    .map(({ sourceId }) => sourceId);

describe.each(
  Object.entries(LANGUAGES).flatMap(([code, words]) => [
    [code, words, (text: string) => text] as const,
    [`${code}, full-width`, words, fullWidth] as const,
  ]),
)('%s', (_, words, written) => {
  it('is understood in tasks.md of Spec Kit', async () => {
    const tasks = written(
      `# X\n\n## ${words.phase}\n\n- [ ] T001 A\n- [ ] T002 B (${words.dependsOn} T001)\n- [ ] T003 C (${words.optional})\n- [ ] T004 D\n\n` +
        `**${words.checkpoint}**: look\n\n## ${words.dependencies}\n\n- T004 ${words.dependsOn} T001, T002\n\n## ${words.acceptance}\n\n- [ ] fine\n`,
    );
    const spec = await interpret(bundleOf({ 'tasks.md': tasks, 'spec.md': `# F\n\n### ${words.story} 1 - A\n` }), {
      dialect: 'speckit',
    });
    expect(explicitOf(spec)).toEqual(['T002<T001', 'T004<T001+T002']);
    expect(optionalOf(spec)).toEqual(['T003']);
    expect(spec.coverage.boxes).toEqual({ task: 4, subTask: 0, criterion: 1, diagnostic: 0 });
    expect(requirementsOf(spec).map(({ requirementKind }) => requirementKind)).toEqual(['criterion', 'story']);
    expect(spec.diagnostics.map(({ code }) => code)).toEqual(['SPEC_CHECKBOX_ACCEPTANCE']);
    expect(accountOf(spec)).toEqual(ACCOUNTED);
  });

  it('is understood in the files of Kiro', async () => {
    const tasks = written(
      `# X\n\n## ${words.phase}\n\n- [ ] 1. A\n  - [ ] 1.1 B\n    - _${words.requirement}: 1.1_\n- [ ] 2. ${words.checkpoint} - look\n- [ ] 3. C (${words.optional})\n\n` +
        `## ${words.dependencies}\n\n1 → 3\n\n## ${words.acceptance}\n\n- [ ] fine\n`,
    );
    const requirements = written(`# R\n\n### ${words.requirement} 1: In\n\n#### ${words.acceptance}\n\n1. WHEN a THEN b\n`);
    const spec = await interpret(bundleOf({ 'requirements.md': requirements, 'tasks.md': tasks }), { dialect: 'kiro' });
    expect(explicitOf(spec)).toEqual(['3<1']);
    expect(optionalOf(spec)).toEqual(['3']);
    expect(workOf(spec).filter(({ checkpoint }) => checkpoint)).toHaveLength(1);
    expect(workOf(spec).flatMap(({ covers }) => covers)).toEqual(['requirement:1-1']);
    expect(spec.coverage.boxes).toEqual({ task: 3, subTask: 1, criterion: 1, diagnostic: 0 });
    expect(accountOf(spec)).toEqual(ACCOUNTED);
  });

  it('is understood in tasks.md of OpenSpec', async () => {
    const tasks = written(
      `# X\n\n## ${words.phase}\n\n- [ ] 1.1 A\n- [ ] 1.2 B (${words.dependsOn} 1.1)\n- [ ] 1.3 C\n\n## 2. D (${words.optional})\n\n- [ ] 2.1 E\n\n` +
        `## ${words.dependencies}\n\n1.1 → 1.3\n\n## ${words.acceptance}\n\n- [ ] fine\n`,
    );
    const spec = await interpret(
      bundleOf({ 'openspec/changes/a/proposal.md': '## Why\n', 'openspec/changes/a/tasks.md': tasks }),
      {
        dialect: 'openspec',
      },
    );
    expect(explicitOf(spec)).toEqual(['1.2<1.1', '1.3<1.1']);
    expect(optionalOf(spec)).toEqual(['2.1']);
    expect(spec.coverage.boxes).toEqual({ task: 4, subTask: 0, criterion: 1, diagnostic: 0 });
    expect(accountOf(spec)).toEqual(ACCOUNTED);
  });

  it('is understood in the checkboxes of a BMAD story', async () => {
    const story = written(
      `# Story 1.1: A\n\n## Acceptance Criteria\n\n1. a\n\n## Tasks / Subtasks\n\n- [ ] A\n  - [ ] B (${words.optional})\n\n## ${words.acceptance}\n\n- [ ] fine\n`,
    );
    const spec = await interpret(bundleOf({ 'stories/1-1-a.md': story }), { dialect: 'bmad' });
    expect(workOf(spec).filter(({ optional }) => optional)).toHaveLength(1);
    expect(spec.coverage.boxes.criterion).toBe(1);
    expect(accountOf(spec)).toEqual(ACCOUNTED);
  });

  it('is understood in a task of Backlog.md', async () => {
    const task = `---\nid: task-1\ntitle: A\nstatus: To Do\nlabels: []\ndependencies: []\n---\n\n## ${words.acceptance}\n\n- [ ] fine\n`;
    const spec = await interpret(bundleOf({ 'backlog/tasks/task-1 - A.md': task }), { dialect: 'backlog' });
    expect(spec.coverage.boxes).toEqual({ task: 0, subTask: 0, criterion: 1, diagnostic: 0 });
  });
});

describe('languages that put the verb last', () => {
  it.each([
    ['ja', 'T003はT001とT002に依存する'],
    ['ko', 'T003은 T001, T002에 의존'],
  ])('%s: %s', async (_, sentence) => {
    const tasks = `# X\n\n## Phase 1\n\n- [ ] T001 A\n- [ ] T002 B\n- [ ] T003 C\n\n## Dependencies\n\n- ${sentence}\n`;
    expect(explicitOf(await interpret(bundleOf({ 'tasks.md': tasks }), { dialect: 'speckit' }))).toEqual(['T003<T001+T002']);
  });

  it.each(['(T001に依存)', '（T001 に依存）', '(T001에 의존)', "(T001'e bağlı)"])('%s at a task', async (mark) => {
    const tasks = `# X\n\n## Phase 1\n\n- [ ] T001 A\n- [ ] T002 B ${mark}\n`;
    expect(explicitOf(await interpret(bundleOf({ 'tasks.md': tasks }), { dialect: 'speckit' }))).toEqual(['T002<T001']);
  });
});
