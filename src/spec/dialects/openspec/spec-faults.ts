import type { DiagnosticCode } from '../../diagnostics.ts';
import { deltaSpec, isEmptyDelta, operationOf } from './delta-spec.ts';
import { selfContradictions } from './delta-contradictions.ts';
import type { Block, Section, SpecOutline } from './spec-outline.ts';

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
    const message = `A living spec has no section \`${section.title}\`.`;
    found.push({
      code: 'OPENSPEC_DELTA_IN_SPEC',
      line: section.line,
      message,
      hint: 'Such sections belong into `changes/<id>/specs/`.',
    });
  }
  const lines = new Map<string, number>();
  for (const { name, section, line } of blocks) {
    const first = lines.get(name);
    if (section !== requirements || section === undefined) {
      const message = `The requirement \`${name}\` stands outside of \`## Requirements\`.`;
      found.push({ code: 'OPENSPEC_REQUIREMENT_OUTSIDE', line, message, hint: 'Move it there; the tool does not see it.' });
    } else if (first === undefined) lines.set(name, line);
    else {
      const message = `The requirement \`${name}\` stands on line ${first} already.`;
      found.push({ code: 'OPENSPEC_REQUIREMENT_REPEATED', line, message, hint: 'Give one of them another name.' });
    }
  }
  return found;
}

/** All that the tool says about a living spec. */
export function mainSpecFaults(outline: SpecOutline): Fault[] {
  const { sections, blocks } = outline;
  const found = [...purposeFaults(outline), ...structureFaults(outline)];
  if (!sections.some(isNamed('Requirements'))) {
    const message = 'There is no `## Requirements`.';
    found.push({ code: 'OPENSPEC_REQUIREMENTS_MISSING', line: 1, message, hint: 'Put the requirements under that heading.' });
  }
  return [...found, ...blocks.flatMap((block) => blockFaults(block))];
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
  for (const { name, line } of delta.outside) {
    const message = `The requirement \`${name}\` stands in no section of a delta.`;
    const hint = 'Move it under `## ADDED Requirements`, `## MODIFIED Requirements` or `## REMOVED Requirements`.';
    found.push({ code: 'OPENSPEC_REQUIREMENT_OUTSIDE', line, message, hint });
  }
  return [...found, ...[...delta.added, ...delta.modified].flatMap((block) => blockFaults(block))];
}

function purposeFaults({ sections, lines }: SpecOutline): Fault[] {
  const section = sections.find(isNamed('Purpose'));
  const text = section === undefined ? '' : lines.slice(section.line, section.endLine).join('\n').trim();
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

function blockFaults({ name, text, line, scenarios }: Block): Fault[] {
  const found: Fault[] = [];
  if (text === '') {
    const message = `The requirement \`${name}\` has no text.`;
    found.push({ code: 'OPENSPEC_REQUIREMENT_EMPTY', line, message, hint: 'Write what SHALL or MUST be under its heading.' });
  } else if (!/\b(?:SHALL|MUST)\b/.test(text)) {
    const message = `The requirement \`${name}\` says neither SHALL nor MUST.`;
    found.push({ code: 'OPENSPEC_KEYWORD_MISSING', line, message, hint: 'Say `The system SHALL …`.' });
  }
  if (!scenarios.some(({ body }) => body !== '')) {
    const message = `The requirement \`${name}\` has no scenario.`;
    found.push({
      code: 'OPENSPEC_SCENARIO_MISSING',
      line,
      message,
      hint: 'Write `#### Scenario: Name`, with exactly four `#`, and steps under it.',
    });
  }
  return found;
}

function isNamed(title: string): (section: Section) => boolean {
  return (section) => section.title.toLowerCase() === title.toLowerCase();
}
