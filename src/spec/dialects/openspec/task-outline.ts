import type { LineAccount } from '../../line-account.ts';
import { checkboxOf, isStatusMark } from '../../markdown/checkbox.ts';
import { plainText } from '../../markdown/passage.ts';
import { lineText } from '../../source-text.ts';
import { says } from '../../work/keywords.ts';
import { maskedIn, type Masked, maskOf } from './fences.ts';

/** A heading of a task file, and how many checkboxes stand below it before the next one of its level. */
export interface TaskHeading {
  /** From 1. */
  line: number;
  level: number;
  title: string;
  boxes: number;
}

/** The lines of a task file, before anything is made of them. */
export interface TaskOutline {
  lines: readonly string[];
  masked: readonly Masked[];
  mask: readonly boolean[];
  /** By line, from 1. */
  headings: ReadonlyMap<number, TaskHeading>;
  /** There is a checkbox somewhere. */
  hasBoxes: boolean;
}

const HEADING = /^ {0,3}(#{1,6})[ \t]+(\S.*)$/;
const CLOSED = /(?<![ \t])[ \t]+#+[ \t]*$/;

export function taskOutline({ source }: LineAccount): TaskOutline {
  const lines = Array.from({ length: source.lineCount }, (_, index) => lineText(source, index + 1));
  const masked = maskedIn(lines);
  const mask = maskOf(lines, masked);
  const headings = new Map<number, TaskHeading>();
  const open: TaskHeading[] = [];
  let hasBoxes = false;
  for (const [at, text] of lines.entries()) {
    if (mask[at] === true) continue;
    const match = HEADING.exec(text);
    const isBox = isTaskBox(text);
    if (match === null || isBox) {
      if (isBox) for (const heading of open) heading.boxes += 1;
      hasBoxes ||= isBox;
      continue;
    }
    const heading = {
      line: at + 1,
      level: match[1]?.length ?? 1,
      title: plainText((match[2] ?? '').replace(CLOSED, '')),
      boxes: 0,
    };
    while ((open.at(-1)?.level ?? 0) >= heading.level) open.pop();
    open.push(heading);
    headings.set(heading.line, heading);
  }
  return { lines, masked, mask, headings, hasBoxes };
}

function isTaskBox(text: string): boolean {
  const box = checkboxOf(text);
  return box !== undefined && isStatusMark(box.marker);
}

/** Words that name a stretch of work as often as a list of criteria. */
const AMBIGUOUS =
  /verification|validation checklist|checklist|test plan|검증|체크리스트|チェックリスト|检查清单|檢查清單|liste de contrôle|checkliste|kontrol listesi/gi;

/** Whether a heading or label names what must hold in the end, and nothing to do. */
export function saysAcceptance(title: string): boolean {
  return says(title.replace(AMBIGUOUS, ' '), 'acceptance');
}

/** Width of the blanks that a line begins with; a tab counts four. */
export function indentOf(line: string): number {
  let width = 0;
  for (const char of line) {
    if (char === ' ') width += 1;
    else if (char === '\t') width += 4;
    else break;
  }
  return width;
}
