import { counted } from '../../../base/text.ts';
import type { DiagnosticCode } from '../../diagnostics.ts';
import { deltaSpec, isEmptyDelta, operationOf } from './delta-spec.ts';
import { selfContradictions } from './delta-contradictions.ts';
import { type NestedHeading, nestedHeadings } from './nested-headings.ts';
import type { Block, SpecOutline } from './spec-outline.ts';

/** What one of the tool's rules finds in a spec; lines count from 1. */
export interface Fault {
  code: DiagnosticCode;
  line: number;
  message: string;
  hint: string;
}

/** Below this the tool calls a purpose too brief. */
const MIN_PURPOSE = 50;
const PLACEHOLDER = /^(?:TBD|TODO)\b/;

/** What keeps a living spec from being changed by deltas: the tool's errors of structure. */
export function structureFaults({ sections, blocks }: SpecOutline): Fault[] {
  const found: Fault[] = [];
  const requirements = sections.find(isNamed('Requirements'));
  for (const section of sections.filter((each) => operationOf(each) !== undefined)) {
    const unseen = blocks.filter((block) => block.section === section).length;
    const message = `A living spec has no section \`${section.title}\`${unseen === 0 ? '' : `; the tool does not see the ${counted(unseen, 'requirement')} in it`}.`;
    found.push({
      code: 'OPENSPEC_DELTA_IN_SPEC',
      line: section.line,
      message,
      hint: 'Such sections belong into `changes/<id>/specs/`.',
    });
  }
  const lines = new Map<string, number>();
  const outside = blocks.filter(
    ({ section }) => (section !== requirements || section === undefined) && operationOf(section) === undefined,
  );
  found.push(...outsideFaults(outside, { of: 'outside of `## Requirements`', hint: 'Move it there; the tool does not see it.' }));
  for (const { name, section, line } of blocks) {
    if (section !== requirements || section === undefined) continue;
    const first = lines.get(name);
    if (first === undefined) lines.set(name, line);
    else {
      const message = `The requirement \`${name}\` stands on line ${first} already.`;
      found.push({ code: 'OPENSPEC_REQUIREMENT_REPEATED', line, message, hint: 'Give one of them another name.' });
    }
  }
  return found;
}

/** One fault for all requirements of a section that stand where none are read. */
function outsideFaults(blocks: readonly Block[], { of, hint }: { of: string; hint: string }): Fault[] {
  return [...Map.groupBy(blocks, ({ section }) => section).values()].flatMap((group) => {
    const [first, ...more] = group;
    if (first === undefined) return [];
    const others = more.length === 0 ? ' stands' : ` and ${counted(more.length, 'requirement')} after it stand`;
    const message = `The requirement \`${first.name}\`${others} ${of}.`;
    return [{ code: 'OPENSPEC_REQUIREMENT_OUTSIDE', line: first.line, message, hint }];
  });
}

/** All that the tool says about a living spec. */
export function mainSpecFaults(outline: SpecOutline): Fault[] {
  const headings = nestedHeadings(outline);
  const requirements = headings.find(isNamed('Requirements'));
  return [
    ...purposeFaults(headings.find(isNamed('Purpose'))),
    ...structureFaults(outline),
    ...listFaults(requirements, outline),
    ...outline.blocks.flatMap((block) => textFaults(block)),
  ];
}

/** The tool takes every heading right below `## Requirements` for a requirement, and what is below that for its scenarios. */
function listFaults(requirements: NestedHeading | undefined, { blocks }: SpecOutline): Fault[] {
  if (requirements === undefined || requirements.children.length === 0) {
    const message = `There is no ${requirements === undefined ? '`## Requirements`' : 'requirement under `## Requirements`'}.`;
    const hint = 'Put the requirements under that heading.';
    return [{ code: 'OPENSPEC_REQUIREMENTS_MISSING', line: requirements?.line ?? 1, message, hint }];
  }
  const lacking = requirements.children.filter(({ children }) => !children.some(({ text }) => text !== ''));
  const byLine = new Map(blocks.map((block) => [block.line, block]));
  const [first, ...more] = lacking.filter(({ line }) => !byLine.has(line));
  const found = lacking.flatMap(({ line }) => noScenario(byLine.get(line)));
  if (first === undefined) return found;
  const others = more.length === 0 ? ' stands' : ` and ${counted(more.length, 'heading')} after it stand`;
  const message = `\`${first.title}\`${others} among the requirements, without a scenario.`;
  const hint = 'Move it out of `## Requirements`, or make a paragraph of it: the tool takes it for a requirement.';
  return [...found, { code: 'OPENSPEC_SCENARIO_MISSING', line: first.line, message, hint }];
}

/** All that the tool says about the delta of a change, the living spec aside. */
export function deltaFaults(outline: SpecOutline): Fault[] {
  const delta = deltaSpec(outline);
  const found: Fault[] = selfContradictions(delta).map(({ line, message }) => ({
    code: 'OPENSPEC_DELTA_CONTRADICTS',
    line,
    message,
    hint: 'Name each requirement once, in the section that says what becomes of it.',
  }));
  if (isEmptyDelta(delta)) {
    const message =
      delta.present.length === 0 ? 'There is no section of a delta.' : 'The sections of the delta hold no requirement.';
    const hint = 'Write `## ADDED Requirements` and `### Requirement: Name` under it.';
    found.push({ code: 'OPENSPEC_DELTA_EMPTY', line: delta.present[0]?.line ?? 1, message, hint });
  }
  const hint = 'Move it under `## ADDED Requirements`, `## MODIFIED Requirements` or `## REMOVED Requirements`.';
  found.push(...outsideFaults(delta.outside, { of: 'in no section of a delta', hint }));
  return [...found, ...[...delta.added, ...delta.modified].flatMap(blockFaults)];
}

function purposeFaults(section: NestedHeading | undefined): Fault[] {
  const text = section?.text ?? '';
  if (text === '') {
    const message = section === undefined ? 'There is no `## Purpose`.' : 'The purpose is empty.';
    return [
      { code: 'OPENSPEC_PURPOSE_MISSING', line: section?.line ?? 1, message, hint: 'Say in a sentence or two what it is for.' },
    ];
  }
  const isPlaceholder = PLACEHOLDER.test(text);
  if (!isPlaceholder && text.length >= MIN_PURPOSE) return [];
  const message = isPlaceholder ? 'The purpose is a placeholder.' : `The purpose has fewer than ${MIN_PURPOSE} characters.`;
  return [
    { code: 'OPENSPEC_PURPOSE_BRIEF', line: section?.line ?? 1, message, hint: 'Say in a sentence or two what it is for.' },
  ];
}

function blockFaults(block: Block): Fault[] {
  return [...textFaults(block), ...(block.scenarios.some(({ body }) => body !== '') ? [] : noScenario(block))];
}

function textFaults({ name, text, line }: Block): Fault[] {
  if (text === '') {
    const message = `The requirement \`${name}\` has no text.`;
    return [{ code: 'OPENSPEC_REQUIREMENT_EMPTY', line, message, hint: 'Write what SHALL or MUST be under its heading.' }];
  }
  if (/\b(?:SHALL|MUST)\b/.test(text)) return [];
  const message = `The requirement \`${name}\` says neither SHALL nor MUST.`;
  return [{ code: 'OPENSPEC_KEYWORD_MISSING', line, message, hint: 'Say `The system SHALL …`.' }];
}

function noScenario(block: Block | undefined): Fault[] {
  if (block === undefined) return [];
  const message = `The requirement \`${block.name}\` has no scenario.`;
  const hint = 'Write `#### Scenario: Name`, with exactly four `#`, and steps under it.';
  return [{ code: 'OPENSPEC_SCENARIO_MISSING', line: block.line, message, hint }];
}

function isNamed(title: string): (heading: { title: string }) => boolean {
  return (heading) => heading.title.toLowerCase() === title.toLowerCase();
}
