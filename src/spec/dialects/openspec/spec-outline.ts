import { maskOf } from './fences.ts';

/** Headings that the tool itself reads (`parsers/requirement-blocks.js`, 1.13.2). */
const REQUIREMENT = /^###\s*Requirement:\s*(\S.*)$/i;
const SECTION = /^##\s+(\S.*)$/;
const SCENARIO = /^####\s+(\S.*)$/;
const HEADING = /^(#{1,6})\s+(\S.*)$/;
const METADATA = /^\*\*[^*]+\*\*:/;

/** Lines count from 1; `endLine` is the last one that is not blank. */
interface Stretch {
  line: number;
  endLine: number;
}

export interface Section extends Stretch {
  title: string;
}

export interface Scenario extends Stretch {
  name: string;
  body: string;
}

/** A requirement with all that stands below its heading. */
export interface Block extends Stretch {
  name: string;
  /** The `## ` section it stands in. */
  section: Section | undefined;
  /** As written, without blank lines at the end. */
  raw: string;
  /** What is demanded, in words: the lines before the next heading. */
  text: string;
  scenarios: Scenario[];
}

/** A heading of the third level or below that is neither a requirement nor a scenario. */
export interface StrayHeading extends Stretch {
  level: number;
  title: string;
  section: Section | undefined;
}

/** What a main spec or a delta is made of. */
export interface SpecOutline {
  lines: readonly string[];
  /** True for each line (from 0) that is in a code fence or a comment. */
  mask: readonly boolean[];
  sections: readonly Section[];
  blocks: readonly Block[];
  strays: readonly StrayHeading[];
}

/** Byte order mark and CRLF mean nothing. */
export function normalText(text: string): string {
  return text.replace(/^\u{FEFF}/u, '').replace(/\r\n?/g, '\n');
}

/** A closing run of `#` behind a blank is no part of a name; `C#` keeps its own. Names differ by case. */
export function requirementName(written: string): string {
  return written
    .trimEnd()
    .replace(/(?<![ \t])[ \t]+#+$/, '')
    .trim();
}

/** By this, two names that cannot both be meant are told: case and blanks set aside. */
export function foldedName(name: string): string {
  return name.toLowerCase().replace(/\s+/g, ' ');
}

/** `#### Scenario: It works ####` is `It works`. */
function scenarioName(written: string): string {
  return requirementName(written)
    .replace(/^Scenario:\s*/i, '')
    .trim();
}

export function specOutline(source: string): SpecOutline {
  const lines = normalText(source).split('\n');
  const mask = maskOf(lines);
  const sections: Section[] = [];
  const starts: { at: number; name: string; section: Section | undefined }[] = [];
  const strays: StrayHeading[] = [];
  for (const [at, text] of lines.entries()) {
    if (mask[at] === true || !text.startsWith('#')) continue;
    const section = SECTION.exec(text);
    const requirement = REQUIREMENT.exec(text);
    const heading = HEADING.exec(text);
    if (section !== null) sections.push({ title: (section[1] ?? '').trim(), line: at + 1, endLine: lines.length });
    else if (requirement !== null) starts.push({ at, name: requirementName(requirement[1] ?? ''), section: sections.at(-1) });
    else if (heading !== null && heading[1] !== undefined && heading[1].length > 2 && !SCENARIO.test(text)) {
      strays.push({
        level: heading[1].length,
        title: (heading[2] ?? '').trim(),
        section: sections.at(-1),
        line: at + 1,
        endLine: at + 1,
      });
    }
  }
  for (const [index, section] of sections.entries()) section.endLine = (sections[index + 1]?.line ?? lines.length + 1) - 1;
  const blocks = starts.map(({ at, name, section }, index) => {
    const limit = Math.min(
      starts[index + 1]?.at ?? lines.length,
      section?.endLine ?? (sections[0]?.line ?? lines.length + 1) - 1,
    );
    return block({ lines, mask }, { from: at, to: limit, name, section });
  });
  return { lines, mask, sections, blocks, strays };
}

type Lines = Pick<SpecOutline, 'lines' | 'mask'>;

function block(
  { lines, mask }: Lines,
  { from, to, name, section }: { from: number; to: number; name: string; section: Section | undefined },
): Block {
  let end = to;
  while (end > from + 1 && (lines[end - 1] ?? '').trim() === '') end -= 1;
  const headings: number[] = [];
  for (let at = from + 1; at < end; at++) if (mask[at] !== true && /^#{1,6}\s/.test(lines[at] ?? '')) headings.push(at);
  const scenarios = headings.flatMap((at, index): Scenario[] => {
    const written = SCENARIO.exec(lines[at] ?? '')?.[1];
    if (written === undefined) return [];
    let following = index + 1;
    while (following < headings.length && /^#{5,6}\s/.test(lines[headings[following] ?? 0] ?? '')) following += 1;
    const next = headings[following] ?? end;
    const body = lines
      .slice(at + 1, next)
      .join('\n')
      .trim();
    return [{ name: scenarioName(written), body, ...trimmed(lines, at, next) }];
  });
  const text = bodyText(lines, mask, { from: from + 1, to: headings[0] ?? end });
  return { name, section, raw: lines.slice(from, end).join('\n').trimEnd(), text, scenarios, line: from + 1, endLine: end };
}

/** From line `from` (from 0) to before `to`, without blank lines at the end, counted from 1. */
function trimmed(lines: readonly string[], from: number, to: number): Stretch {
  let end = to;
  while (end > from + 1 && (lines[end - 1] ?? '').trim() === '') end -= 1;
  return { line: from + 1, endLine: end };
}

/** Lines such as `**Priority**: high` count only where there are no others. */
function bodyText(lines: readonly string[], mask: readonly boolean[], { from, to }: { from: number; to: number }): string {
  const body: string[] = [];
  const metadata: string[] = [];
  for (let at = from; at < to; at++) {
    const text = (lines[at] ?? '').trim();
    if (text === '' || mask[at] === true) continue;
    (METADATA.test(text) ? metadata : body).push(text);
  }
  return (body.length > 0 ? body : metadata).join('\n');
}
