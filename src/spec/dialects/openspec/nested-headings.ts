import type { SpecOutline } from './spec-outline.ts';

/** A heading with those right below it, whatever their levels, as the tool nests them in a living spec (`parsers/markdown-parser.js`). */
export interface NestedHeading {
  title: string;
  /** From 1. */
  line: number;
  /** All up to the next heading of its level, or a higher one. */
  text: string;
  children: NestedHeading[];
}

interface Open {
  level: number;
  heading: NestedHeading;
}

const HEADING = /^(#{1,6})\s+(\S.*)$/;

/** All headings of a spec, in its order. */
export function nestedHeadings({ lines, mask }: Pick<SpecOutline, 'lines' | 'mask'>): NestedHeading[] {
  const found: NestedHeading[] = [];
  const open: Open[] = [];
  const closeTo = (level: number, end: number): void => {
    while ((open.at(-1)?.level ?? 0) >= level) {
      const heading = open.pop()?.heading;
      if (heading !== undefined) heading.text = lines.slice(heading.line, end).join('\n').trim();
    }
  };
  for (const [at, text] of lines.entries()) {
    const match = mask[at] === true ? null : HEADING.exec(text);
    if (match === null) continue;
    const level = match[1]?.length ?? 1;
    closeTo(level, at);
    const heading: NestedHeading = { title: (match[2] ?? '').trim(), line: at + 1, text: '', children: [] };
    open.at(-1)?.heading.children.push(heading);
    open.push({ level, heading });
    found.push(heading);
  }
  closeTo(1, lines.length);
  return found;
}
