import { describe, expect, it } from 'vitest';

import { interpret } from '../../../../src/spec/interpret.ts';
import { requirementCoverage } from '../../../../src/spec/requirement-coverage.ts';
import { ACCOUNTED, accountOf, bundleOf, diagnosticOf, placeOf } from '../../bundle-of.ts';
import { featureOf, requirementsOf, task, workOf } from './feature.ts';

const SPEC = `# Feature Specification: Shop

**Feature Branch**: \`001-shop\`
**Status**: Draft

## User Scenarios & Testing *(mandatory)*

### User Story 1 - Order goods (Priority: P1)

People order goods.

**Why this priority**: Nothing else matters.

**Acceptance Scenarios**:

1. **Given** a cart, **When** it is sent, **Then** an order exists
2. **Given** an empty cart,
   **When** it is sent, **Then** nothing happens

### User Story 2 - Pay (Priority: P2)

**Acceptance Scenarios**:

- **Given** an order
- **When** it is paid
- **Then** it is sent

### Edge Cases

- What happens when the bank is closed?

## Requirements *(mandatory)*

### Functional Requirements

- **FR-001**: System MUST take orders
- **FR-002**: System MUST take money [NEEDS CLARIFICATION: which?]
- FR-003: System MUST send goods
- **FR-004a** System MUST thank
- [x] **FR-005**: System MUST close at night

| Id | Text |
|---|---|
| FR-001 | mentioned again |
| **FR-006** | only here |

### Key Entities

- **Order**: goods and an address

## Success Criteria *(mandatory)*

- **SC-001**: An order takes a minute
- **NFR-001**: Fast
`;

const TASKS = `# Tasks: Shop

## Phase 1: Setup

- [ ] T001 Prepare for FR-001 and FR-003-FR-005

## Phase 2: User Story 1 - Order goods

- [ ] T002 [US1] Order
- [ ] T003 Without a label
- [ ] T004 [US2] Pay per US2/AC1
- [ ] T005 [US9] Nobody's
`;

const shop = await featureOf({ 'spec.md': SPEC, 'tasks.md': TASKS });

describe('spec.md', () => {
  it('has stories, scenarios, requirements and success criteria', () => {
    expect(requirementsOf(shop).map(({ sourceId, requirementKind, source }) => [source.line, requirementKind, sourceId])).toEqual(
      [
        [8, 'story', 'US1'],
        [16, 'scenario', undefined],
        [17, 'scenario', undefined],
        [20, 'story', 'US2'],
        [24, 'scenario', undefined],
        [36, 'functional', 'FR-001'],
        [37, 'functional', 'FR-002'],
        [38, 'functional', 'FR-003'],
        [39, 'functional', 'FR-004a'],
        [40, 'functional', 'FR-005'],
        [45, 'functional', 'FR-006'],
        [53, 'success', 'SC-001'],
        [54, 'quality', 'NFR-001'],
      ],
    );
  });

  it('tells stories by their titles, with priority and scenarios', () => {
    const [story, , scenario, second, joined] = requirementsOf(shop);
    expect(story).toMatchObject({
      id: 'requirement:us1',
      name: 'Order goods',
      priority: 'P1',
      text: 'Order goods. People order goods.',
    });
    expect(scenario).toMatchObject({
      parent: 'requirement:us1',
      text: 'Given an empty cart, When it is sent, Then nothing happens',
    });
    expect(joined).toMatchObject({ parent: second?.id, text: 'Given an order When it is paid Then it is sent' });
  });

  it('knows no priority below the fourth', async () => {
    const [story] = requirementsOf(await featureOf({ 'spec.md': '### User Story 5 - Last (Priority: P7)\n' }));
    expect([story?.name, story?.priority]).toEqual(['Last', 'P4']);
  });

  it('says what is not clear yet, and accounts for every line and box', () => {
    expect(diagnosticOf(shop, 'SPEC_UNCLEAR').line).toBe(37);
    expect(accountOf(shop)).toEqual(ACCOUNTED);
    expect(shop.coverage.boxes).toEqual({ task: 5, subTask: 0, criterion: 1, diagnostic: 0 });
  });

  it('names the bundle', () => {
    expect([shop.title, shop.dialect, shop.source.file]).toEqual(['Shop', 'speckit', 'spec.md']);
  });
});

describe('tasks', () => {
  it('cover the stories of their labels or phase, and the requirements they name', () => {
    expect(task(shop, 'T001').covers).toEqual(['requirement:fr-001', 'requirement:fr-003', 'requirement:fr-005']);
    expect(task(shop, 'T002')).toMatchObject({ covers: ['requirement:us1'], priority: 'P1' });
    expect(task(shop, 'T003').covers).toEqual(['requirement:us1']);
    expect(task(shop, 'T004').covers).toEqual(['requirement:us2', requirementsOf(shop)[4]?.id]);
    expect(shop.diagnostics.filter((each) => each.code === 'SPEC_REQUIREMENT_UNKNOWN').map(placeOf)).toEqual([
      'SPEC_REQUIREMENT_UNKNOWN 5:3',
      'SPEC_REQUIREMENT_UNKNOWN 12:3',
    ]);
  });

  it('leave uncovered what no task names', () => {
    expect(requirementCoverage(shop.elements)).toEqual({
      total: 11,
      covered: 6,
      uncovered: ['requirement:fr-002', 'requirement:fr-004a', 'requirement:fr-006', 'requirement:sc-001', 'requirement:nfr-001'],
      tasksWithout: ['work:t005'],
    });
  });
});

describe('languages', () => {
  it.each([
    ['### 用户故事 1 - 下单（优先级：P1）', '下单', '**假设** 有购物车，**当** 提交，**则** 有订单'],
    ['### 使用者故事 1 - 下單 (優先級: P1)', '下單', '**給定** 有購物車，**當** 提交，**則** 有訂單'],
    ['### ユーザーストーリー 1 - 注文 (優先度: P1)', '注文', '**前提** カートがある、**もし** 送信する、**ならば** 注文がある'],
    ['### 사용자 스토리 1 - 주문 (우선순위: P1)', '주문', '**주어진** 장바구니, **때** 보내면, **그러면** 주문'],
    [
      '### Historia de Usuario 1 - Pedir (Prioridad: P1)',
      'Pedir',
      '**Dado** un carrito, **Cuando** se envía, **Entonces** hay pedido',
    ],
    [
      '### História de Usuário 1 - Pedir (Prioridade: P1)',
      'Pedir',
      '**Dado** um carrinho, **Quando** enviado, **Então** há pedido',
    ],
    [
      '### Récit utilisateur 1 - Commander (Priorité : P1)',
      'Commander',
      '**Étant donné** un panier, **Quand** envoyé, **Alors** une commande',
    ],
    [
      '### Benutzergeschichte 1 - Bestellen (Priorität: P1)',
      'Bestellen',
      '**Angenommen** ein Korb, **Wenn** gesendet, **Dann** eine Bestellung',
    ],
    ['### Kullanıcı Hikayesi 1 - Sipariş (Öncelik: P1)', 'Sipariş', '**Diyelim ki** sepet, **Eğer** gönderilir, **İse** sipariş'],
    ['### US1: Order', 'Order', 'Given a cart, when it is sent, then an order exists'],
  ])('%s', async (heading, name, scenario) => {
    const spec = await featureOf({ 'spec.md': `# Spec\n\n${heading}\n\nWords.\n\n1. ${scenario}\n` });
    expect(requirementsOf(spec).map((each) => [each.requirementKind, each.sourceId])).toEqual([
      ['story', 'US1'],
      ['scenario', undefined],
    ]);
    expect(requirementsOf(spec)[0]?.name).toBe(name);
  });
});

describe('the other files of a feature', async () => {
  const spec = await featureOf({
    'specs/001-a/checklists/requirements.md': '# Checklist\n\n- [x] CHK001 Is it clear?\n  - [ ] Really?\n- [P] legend\n',
    'specs/001-a/checklists/ux.md': '# UX\n\n- [ ] CHK001 Is it nice?\n',
    'specs/001-a/contracts/order.schema.json':
      '{"$schema":"https://json-schema.org/draft/2020-12/schema","title":"Order","type":"object"}',
    'specs/001-a/plan.md': '# Implementation Plan: A\n\n- [x] Constitution checked\n\n```text\n- [ ] in a tree\n```\n',
    'specs/001-a/tasks.md': '# Tasks: A\n\n## Phase 1: Setup\n\n- [ ] T001 [P] A in src/a.ts\n- [ ] T002 B\n',
    'specs/002-b/contracts/order.schema.json':
      '{"$schema":"https://json-schema.org/draft/2020-12/schema","title":"Order","type":"string"}',
    'specs/002-b/tasks.md': '# Tasks: B\n\n## Phase 1: Setup\n\n- [ ] T001 [P] B in src/a.ts (depends on T002)\n- [ ] T002 B\n',
    'specs/README.md': '# Read me\n\n- [ ] not a task\n',
  });

  it('are criteria, contracts and context', () => {
    expect(requirementsOf(spec).map(({ id, requirementKind }) => [id, requirementKind])).toEqual([
      ['requirement:001-a-checklists-requirements:chk001', 'checklist'],
      [expect.stringMatching(/^requirement:001-a-checklists-requirements:really-/), 'checklist'],
      ['requirement:001-a-checklists-ux:chk001', 'checklist'],
      [expect.stringMatching(/^requirement:001-a-plan:constitution-checked-/), 'checklist'],
    ]);
    expect(spec.elements.filter((element) => element.kind === 'contract').map((element) => element.id)).toEqual([
      'contract:order',
      'contract:order-2',
    ]);
    expect(spec.diagnostics.map((each) => each.code).toSorted()).toEqual([
      'SPEC_BLOCK_IGNORED',
      'SPEC_CHECKBOX_LEGEND',
      'SPEC_CONTEXT_FILE',
      'SPEC_CONTRACT_UNUSED',
      'SPEC_CONTRACT_UNUSED',
      'SPEC_ID_REPEATED',
      'SPEC_ORDER_CONTRADICTED',
    ]);
    expect(spec.coverage.boxes).toEqual({ task: 4, subTask: 0, criterion: 4, diagnostic: 3 });
    expect(accountOf(spec)).toEqual(ACCOUNTED);
  });

  it('of two features have ids of their own; what both write is written one after the other', () => {
    expect(workOf(spec).map(({ id, milestone }) => [id, milestone])).toEqual([
      ['work:001-a:t001', '001-a · Phase 1: Setup'],
      ['work:001-a:t002', '001-a · Phase 1: Setup'],
      ['work:002-b:t001', '002-b · Phase 1: Setup'],
      ['work:002-b:t002', '002-b · Phase 1: Setup'],
    ]);
    expect(workOf(spec)[2]?.needs.map(({ task: id, kind }) => [id, kind])).toEqual([
      ['work:002-b:t002', 'explicit'],
      ['work:001-a:t001', 'same-file'],
    ]);
    expect(spec.title).toBe('bundle');
  });
});

describe('a specification beside the folder', () => {
  const files = { 'specs/001-a.md': SPEC, 'specs/001-a/tasks.md': TASKS };

  it('counts where the folder has none', async () => {
    const spec = await featureOf({ ...files, 'specs/001-a/spec.md': '# A copy\n' });
    expect(task(spec, 'T002').covers).toEqual(['requirement:001-a:us1']);
  });

  it('is passed over where it has one', async () => {
    const spec = await featureOf({ ...files, 'specs/001-a/spec.md': SPEC });
    expect(requirementsOf(spec).filter((each) => each.source.file !== 'specs/001-a/spec.md')).toEqual([]);
    expect(diagnosticOf(spec, 'SPEC_CONTEXT_FILE').file).toBe('specs/001-a.md');
    expect(accountOf(spec)).toEqual(ACCOUNTED);
  });
});

describe('a bundle is recognised', () => {
  it.each([
    ['by a numbered feature', { 'specs/001-a/spec.md': '# Whatever' }],
    ['by a feature with a time', { 'specs/20260101-120000-a/plan.md': '# Whatever' }],
    ['as a feature folder, by its tasks', { 'tasks.md': '- [ ] T001 A' }],
    ['as a feature folder, by its stories', { 'spec.md': '# Feature Spec 003: Shop\n\n### US-1: Order (P0)' }],
    ['as a feature folder, by its requirements', { 'spec.md': '# Spec\n\n- **FR-001**: A' }],
    ['in a folder of another name', { 'docs/specs/master/tasks.md': '- [x] **T001** A' }],
  ])('%s', async (_, files: Record<string, string>) => {
    expect((await interpret(bundleOf(files))).dialect).toBe('speckit');
  });

  it.each([
    [
      'a native specification with numbered demands and tasks',
      { 'spec.md': '# Shop\n\n## Parts\n- Component: Desk\n- **FR-001**: A\n', 'tasks.md': '- [ ] T001 A' },
    ],
    ['a native specification', { 'spec.md': '# Shop\n\n## Parts\n- Component: Desk' }],
    ['OpenSpec', { 'openspec/specs/a/spec.md': '# A\n\n### Requirement: B' }],
    ['Kiro', { '.kiro/specs/a/tasks.md': '- [ ] 1. A' }],
    ['work packages', { 'kitty-specs/001-a/tasks.md': '- [ ] T001 A' }],
  ])('and not %s', async (_, files: Record<string, string>) => {
    expect((await interpret(bundleOf(files))).dialect).not.toBe('speckit');
  });
});

describe('ids of requirements', () => {
  it('may have the number of the feature in them', async () => {
    const spec = await featureOf({
      'spec.md': '# Feature Specification: A\n\n- **FR-017-001**: It MUST run.\n- **FR-017-002**: It MUST stop.\n',
      'tasks.md': '# Tasks\n\n## Phase 1\n\n- [ ] T001 Run (FR-017-002)\n',
    });
    expect(requirementsOf(spec).map(({ sourceId }) => sourceId)).toEqual(['FR-017-001', 'FR-017-002']);
    expect(workOf(spec)[0]?.covers).toEqual(['requirement:fr-017-002']);
  });

  it('of a part of a story mean the story; one that is missing is said once', async () => {
    const spec = await featureOf({
      'spec.md': '# Feature Specification: A\n\n### User Story 6 - Pay (Priority: P1)\n\nPay.\n',
      'tasks.md': '# Tasks\n\n## Phase 1\n\n- [ ] T001 [US6a] Pay\n- [ ] T002 [US9] Fly\n- [ ] T003 [US9] Land\n',
    });
    expect(workOf(spec)[0]?.covers).toEqual(['requirement:us6']);
    expect(spec.diagnostics.map(({ message }) => message)).toEqual([
      '`T002` and 1 other task are to fulfil `US9`, which is no requirement of this bundle.',
    ]);
  });
});
