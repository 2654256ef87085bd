import type { Desk } from '../../dialect.ts';
import type { LineAccount } from '../../line-account.ts';
import { plainText } from '../../markdown/passage.ts';
import type { SourceSpan } from '../../model.ts';
import { shortened } from '../../shortened.ts';
import { lineText } from '../../source-text.ts';
import { type BoxLine, boxLines } from '../../work/box-lines.ts';
import { DOTTED_NUMBER, idsIn, isIdList } from '../../work/id-lists.ts';
import { leadingKeyword, normalWords, says } from '../../work/keywords.ts';
import { PLAIN_WORK, type RequirementDraft, type WorkDraft } from '../../work/work-draft.ts';
import { plainNumber } from './layout.ts';

/** A line of the roadmap with a checkbox: a phase, a plan, or something else to do. */
export interface RoadmapBox {
  kind: 'phase' | 'plan' | 'other';
  /** `2.1`, or `2.1-3`; without zeros. */
  number: string;
  /** As printed: `Phase 02.1`, `02.1-03`. */
  printed: string;
  title: string;
  box: BoxLine;
  account: LineAccount;
}

/** `**Depends on**: Phase 1` of a phase. */
export interface PhaseNeed {
  phase: string;
  needs: string[];
  at: SourceSpan;
}

export interface Roadmap {
  boxes: RoadmapBox[];
  needs: PhaseNeed[];
  /** Ids under `**Requirements**:`, by phase. */
  requirements: Map<string, { printed: string; at: SourceSpan }[]>;
  titles: Map<string, string>;
  criteria: RequirementDraft[];
}

const PHASE_NUMBER = /^[\s:#]{0,4}(\d{1,4}(?:\.\d{1,4})*[a-z]?)(?![\d-])\s*[:：.–—-]?\s*(.*)$/is;
const PLAN_NUMBER =
  /^(?:plan\s+)?((\d{1,4}(?:\.\d{1,4})*[a-z]?)-(\d{1,4}[a-z]?))(?!\d)(?:-[\w-]{0,80}?)?(?:-?PLAN)?(?:\.md)?\s*[:：–—-]?\s*(.*)$/is;
const TEMPLATE = /^(?:\[.*\]|TBD\b.*|)$/is;

/** Reads a roadmap: what its checkboxes are, and what phases say they depend on. */
export function readRoadmap(account: LineAccount, desk: Desk): Roadmap {
  const found: Roadmap = { boxes: [], needs: [], requirements: new Map(), titles: new Map(), criteria: [] };
  for (const box of boxLines(account, desk)) readBox(box, { account, desk, found });
  readPhaseSections(account, desk, found);
  return found;
}

function readBox(box: BoxLine, { account, desk, found }: { account: LineAccount; desk: Desk; found: Roadmap }): void {
  const text = plainText(box.text.replaceAll('~~', '').replace(/^`([^`]*)`/, '$1'));
  const plan = PLAN_NUMBER.exec(text);
  const phase = plan === null ? phaseIn(text) : undefined;
  const title = plan?.[4] ?? phase?.title ?? text;
  if (TEMPLATE.test(title.trim()) && phase === undefined && (plan === null || title.trim() !== ''))
    return reportTemplate(box, account, desk);
  if (phase === undefined && plan === null && box.headings.some((heading) => says(heading, 'acceptance'))) {
    account.settleCheckbox(box.line, 'criterion');
    found.criteria.push(criterionOf(box, account));
    return;
  }
  account.settleCheckbox(box.line, 'task');
  const number = plan === null ? (phase?.number ?? '') : `${plainNumber(plan[2] ?? '')}-${plainNumber(plan[3] ?? '')}`;
  const kind = plan === null ? (phase === undefined ? 'other' : 'phase') : 'plan';
  found.boxes.push({ kind, number, printed: plan?.[1] ?? phase?.printed ?? '', title: title.trim() || text, box, account });
}

/** `Phase 2: Name - what it is` has the title `Name`. */
function phaseIn(text: string): { number: string; printed: string; title: string } | undefined {
  // A milestone is made of phases, and has numbers of its own.
  const length = /^milestone/i.test(text) ? 0 : leadingKeyword(normalWords(text), 'phase');
  const parts = length === 0 ? null : PHASE_NUMBER.exec(text.slice(length));
  if (parts === null) return undefined;
  const printed = `${text.slice(0, length)} ${parts[1] ?? ''}`;
  return { number: plainNumber(parts[1] ?? ''), printed, title: (parts[2] ?? '').split(/\s+[-–—]\s+/, 1)[0] ?? '' };
}

function reportTemplate(box: BoxLine, account: LineAccount, { diagnostics }: Desk): void {
  account.settleCheckbox(box.line, 'diagnostic');
  const column = lineText(account.source, box.line).indexOf('[') + 1;
  const message = `\`${shortened(box.text)}\` stands for a plan that is not written yet; it is no task.`;
  diagnostics.report(
    'SPEC_TEMPLATE_TEXT',
    { file: account.source.path, line: box.line, column },
    { message, hint: 'Plan the phase, or remove the line.' },
  );
}

function criterionOf(box: BoxLine, account: LineAccount): RequirementDraft {
  const { path } = account.source;
  const draft: RequirementDraft = {
    kind: 'requirement',
    requirementKind: 'success',
    key: `${path}:${box.line}`,
    scope: '',
    name: shortened(box.text),
    section: box.headings.at(-1) ?? path,
    source: { file: path, line: box.line, column: 1, endLine: box.endLine },
    text: box.text,
  };
  return box.box === undefined ? draft : { ...draft, box: box.box };
}

/** `### Phase 2: Name` with its labelled lines. */
function readPhaseSections(account: LineAccount, desk: Desk, found: Roadmap): void {
  let phase: string | undefined;
  for (let line = 1; line <= account.source.lineCount; line++) {
    const text = lineText(account.source, line);
    const heading = /^ {0,3}#{1,6}[\t ]+(.*)$/.exec(text)?.[1];
    if (heading !== undefined) {
      const named = phaseIn(plainText(heading));
      phase = named?.number;
      if (named !== undefined && !found.titles.has(named.number))
        found.titles.set(named.number, `Phase ${named.number}: ${named.title}`);
    } else if (phase !== undefined)
      readLabel(text, { phase, at: { file: account.source.path, line, column: 1, endLine: line } }, { desk, found });
  }
}

const LABEL = /^\s{0,12}(?:[-*+]\s+)?\*\*([^*:：]{1,60})[:：]?\*\*\s*[:：]?\s*(.*)$/;

function readLabel(
  text: string,
  { phase, at }: { phase: string; at: SourceSpan },
  { desk, found }: { desk: Desk; found: Roadmap },
): void {
  const [, label = '', value = ''] = LABEL.exec(text) ?? [];
  if (label === '') return;
  if (leadingKeyword(normalWords(label), 'dependsOn') > 0) readNeeds(value, { phase, at }, { desk, found });
  else if (/^(?:requirements?|reqs?|covers)$/i.test(label.trim())) {
    const ids = value.match(/[\p{L}][\p{L}\p{N}]*(?:-[\p{L}\p{N}]+)*-\d{1,6}[a-z]?/gu) ?? [];
    found.requirements.set(
      phase,
      ids.map((printed) => ({ printed, at })),
    );
  }
}

function readNeeds(
  value: string,
  { phase, at }: { phase: string; at: SourceSpan },
  { desk, found }: { desk: Desk; found: Roadmap },
): void {
  const text = value
    .slice(0, 500)
    .replace(/[([（][^)\]）]{0,300}[)\]）]/g, ' ')
    .trim();
  if (text === '' || /^(?:nothing|none|n\/a|-|—|–|なし|无|無|없음)/i.test(text)) return;
  const bare = text.replace(/phases?|阶段|階段|フェーズ|단계/gi, ' ').trim();
  if (isIdList(bare, DOTTED_NUMBER))
    found.needs.push({ phase, needs: idsIn(bare, DOTTED_NUMBER).map(({ id }) => plainNumber(id)), at });
  else {
    const message = `\`${shortened(text)}\` is no list of phases; sentences make no dependencies.`;
    desk.diagnostics.report('SPEC_DEPENDENCY_PROSE', at, { message, hint: 'Write `**Depends on**: Phase 1, Phase 2`.' });
  }
}

/** A task for what stands in the roadmap only. */
export function roadmapTask(found: RoadmapBox, scope: string): WorkDraft {
  const { box, account, printed, title } = found;
  const { path } = account.source;
  const draft: WorkDraft = {
    ...PLAIN_WORK,
    key: `${path}:${box.line}`,
    scope,
    name: shortened(title),
    section: box.headings.at(-1) ?? path,
    source: { file: path, line: box.line, column: 1, endLine: box.endLine },
    text: title,
    status: box.status,
    optional: box.optional,
    writes: [],
    covers: [],
    labels: [],
  };
  if (printed !== '') draft.sourceId = printed;
  if (box.box !== undefined) draft.box = box.box;
  return draft;
}
