import type { Box, RequirementElement, SourceSpan, WorkStatus } from '../../model.ts';
import { shortened } from '../../shortened.ts';
import { plainText } from '../../markdown/passage.ts';
import { normalWords, leadingKeyword } from '../../work/keywords.ts';
import { PLAIN_WORK, type RequirementDraft, type WorkDraft } from '../../work/work-draft.ts';
import { namedPaths } from './named-paths.ts';
import type { TaskHead } from './task-head.ts';

/** A task or criterion while its lines are gathered. */
export interface Building {
  key: string;
  head: TaskHead;
  /** Lines of its own text, without list markers. */
  words: string[];
  /** Lines below it, as written. */
  details: { text: string; line: number }[];
  indent: number;
  line: number;
  column: number;
  endLine: number;
  status: WorkStatus;
  isCriterion: boolean;
  /** It is a heading, so that what follows belongs to it whatever its indentation. */
  isHeading: boolean;
  box?: Box;
  parent?: Building;
  /** How many tasks it is inside of. */
  depth: number;
  parts: Building[];
  section: string;
  optional: boolean;
}

/** What all tasks of a file have in common. */
export interface FileFacts {
  file: string;
  scope: string;
  /** Put before the titles of groups where there are several changes. */
  prefix: string;
}

const FILE_LABEL =
  /^\W*(?:(?:affected|target|modified|changed|new)\s+)?(?:files?|paths?|ファイル|(?:涉及)?文件|檔案|파일|archivos?|arquivos?|fichiers?|dateien?|dosya(?:lar)?)[^:：\n]{0,20}[:：]\W{0,4}/iu;
const BULLET = /^\s*(?:[-*+]|\d{1,9}[.)])\s/;
/** Behind a file stands what is done to it. */
const REMARK = /\s[—–-]\s[^]*$/;
/** `[config.ts](../src/)` reads `config.ts`. */
const LINK = /\[([^\][]{1,200})\]\([^()\s]{0,400}\)/g;

export function workDraft(task: Building, { file, scope, prefix }: FileFacts): WorkDraft {
  const { head, section, details } = task;
  const text = plainText(task.words.join(' ')) || head.text;
  return {
    ...PLAIN_WORK,
    key: task.key,
    scope,
    ...(head.id === undefined ? {} : { sourceId: head.id }),
    ...(task.parent === undefined ? {} : { parent: task.parent.key }),
    name: shortened(text.replace(LINK, '$1')),
    section,
    source: spanOf(task, file),
    text,
    ...(details.length === 0 ? {} : { details: detailsText(details.map((each) => each.text)) }),
    status: task.status,
    optional: task.optional,
    ...milestoneOf(section, prefix),
    writes: namedPaths([text, ...fileLines(details)].join('\n')),
    checkpoint: leadingKeyword(normalWords(text.slice(0, 40)), 'checkpoint') > 0,
    ...(task.box === undefined ? {} : { box: task.box }),
    labels: head.labels,
  };
}

/** `Files: …`, and the bullets below such a label where nothing stands behind it. */
function fileLines(details: Building['details']): string[] {
  const found: string[] = [];
  let isList = false;
  for (const { text } of details) {
    const label = FILE_LABEL.exec(text.slice(0, 200))?.[0];
    if (label === undefined) isList &&= BULLET.test(text);
    else isList = text.slice(label.length).trim() === '';
    if (label !== undefined) found.push(text);
    else if (isList) found.push(text.replace(REMARK, ''));
  }
  return found;
}

export function criterionDraft(task: Building, { file, scope }: FileFacts): RequirementDraft {
  const text = plainText(task.words.join(' ')) || task.head.text;
  const requirementKind: RequirementElement['requirementKind'] = 'acceptance';
  return {
    kind: 'requirement',
    requirementKind,
    key: task.key,
    scope,
    ...(task.parent === undefined ? {} : { parent: task.parent.key }),
    name: shortened(text),
    section: task.section,
    source: spanOf(task, file),
    text,
    ...(task.box === undefined ? {} : { box: task.box }),
  };
}

function milestoneOf(section: string, prefix: string): { milestone?: string } {
  const milestone = [prefix, section].filter((part) => part !== '').join(': ');
  return milestone === '' ? {} : { milestone };
}

function spanOf({ line, column, endLine }: Building, file: string): SourceSpan {
  return { file, line, column, endLine };
}

/** Without the indentation that all lines share. */
function detailsText(lines: readonly string[]): string {
  const indents = lines.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length);
  const shared = indents.reduce((least, each) => Math.min(least, each), indents[0] ?? 0);
  return lines
    .map((line) => line.slice(shared).trimEnd())
    .join('\n')
    .trim();
}
