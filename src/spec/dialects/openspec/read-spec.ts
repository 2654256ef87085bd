import type { LineAccount } from '../../line-account.ts';
import type { SourceSpan } from '../../model.ts';
import { plainText } from '../../markdown/passage.ts';
import { shortened } from '../../shortened.ts';
import type { RequirementDraft } from '../../work/work-draft.ts';
import { says } from '../../work/keywords.ts';
import { operationOf } from './delta-spec.ts';
import type { Block, Scenario, SpecOutline, StrayHeading } from './spec-outline.ts';

export interface SpecFile {
  account: LineAccount;
  scope: string;
  outline: SpecOutline;
}

/** Requirements and scenarios of a living spec or a delta. */
export function readSpec({ account, scope, outline }: SpecFile): RequirementDraft[] {
  const seen = new Set<string>();
  const file = account.source.path;
  const drafts: RequirementDraft[] = [];
  for (const { title, line, endLine } of outline.sections) {
    account.mark({ line, endLine: line }, 'heading');
    if (/^Purpose$/i.test(title)) account.mark({ line: line + 1, endLine }, 'prose');
  }
  for (const block of [...outline.blocks, ...looseBlocks(outline)].toSorted((a, b) => a.line - b.line)) {
    const key = `${file}:${block.line}`;
    const isFirst = !seen.has(block.name);
    seen.add(block.name);
    drafts.push({
      kind: 'requirement',
      requirementKind: 'functional',
      key,
      scope,
      ...(isFirst ? { sourceId: block.name } : {}),
      name: shortened(plainText(block.name)),
      section: block.section?.title ?? '',
      source: spanOf(file, block),
      text: plainText(block.text) || block.name,
    });
    account.mark({ line: block.line, endLine: ownEnd(block, outline) }, 'element', key);
    for (const scenario of block.scenarios) {
      const draft = scenarioDraft(scenario, { key, file, scope, section: block.section?.title ?? '' });
      account.mark({ line: scenario.line, endLine: scenario.endLine }, 'element', draft.key);
      drafts.push(draft);
    }
  }
  return drafts;
}

function scenarioDraft(scenario: Scenario, of: { key: string; file: string; scope: string; section: string }): RequirementDraft {
  const steps = scenario.body
    .split('\n')
    .map((line) => line.trim().replace(/^[-*+]\s+/, ''))
    .filter((line) => line !== '');
  const body = plainText(steps.join(' '));
  return {
    kind: 'requirement',
    requirementKind: 'scenario',
    key: `${of.file}:${scenario.line}`,
    scope: of.scope,
    parent: of.key,
    name: shortened(plainText(scenario.name) || body || 'Scenario'),
    section: of.section,
    source: spanOf(of.file, scenario),
    text: body === '' ? scenario.name : `${scenario.name}: ${body}`,
  };
}

/** Where the requirement's own lines end: before what is neither it nor a scenario of it. */
function ownEnd(block: Block, { strays }: SpecOutline): number {
  const stray = firstStrayIn(strays, block);
  return stray === undefined ? block.endLine : stray.line - 1;
}

/** By binary search: strays stand in the order of their lines. */
function firstStrayIn(strays: readonly StrayHeading[], { line, endLine }: Block): StrayHeading | undefined {
  let low = 0;
  let high = strays.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((strays[middle]?.line ?? 0) <= line) low = middle + 1;
    else high = middle;
  }
  const found = strays[low];
  return found !== undefined && found.line <= endLine && found.level <= 3 ? found : undefined;
}

/**
 * Headings that say that they are requirements, in words that the tool does not know (`### 需求：…`): it passes them over, and
 * whoever wrote them did not mean that.
 */
function looseBlocks({ strays, lines, mask }: SpecOutline): Block[] {
  return strays.filter(isLooseRequirement).map(({ title, line, section }): Block => {
    let end = line;
    const text: string[] = [];
    while (end < lines.length && !(mask[end] !== true && /^#{1,6}\s/.test(lines[end] ?? ''))) {
      if (mask[end] !== true && (lines[end] ?? '').trim() !== '') text.push((lines[end] ?? '').trim());
      end += 1;
    }
    while (end > line && (lines[end - 1] ?? '').trim() === '') end -= 1;
    const name = title.replace(/^[^:：]{1,40}[:：]\s*/, '');
    return { name, line, endLine: end, section, raw: '', text: text.join('\n'), scenarios: [] };
  });
}

export function isLooseRequirement({ level, title, section }: StrayHeading): boolean {
  const isHere = section !== undefined && (operationOf(section) !== undefined || says(section.title, 'requirement'));
  const label = /^([^:：]{1,40})[:：]\s*\S/.exec(title)?.[1];
  return level === 3 && isHere && label !== undefined && says(label, 'requirement');
}

function spanOf(file: string, { line, endLine }: { line: number; endLine: number }): SourceSpan {
  return { file, line, column: 1, endLine };
}
