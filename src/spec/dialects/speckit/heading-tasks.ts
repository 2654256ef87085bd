import type { Block, Heading } from '../../markdown/block.ts';
import { checkboxIn } from '../../markdown/checkbox.ts';
import type { WorkStatus } from '../../model.ts';
import { isBlankLine, lineText, type SourceText } from '../../source-text.ts';
import { normalWords } from '../../work/keywords.ts';
import { statusOf } from '../../work/marks.ts';
import { statusNamed } from '../../work/status-words.ts';
import { type TaskHead, taskHead } from './task-head.ts';

const HEADING = /^ {0,3}#{2,6}[\t ]+(.*)$/gm;
const BOX = /^[\t >]*(?:[-*+]|\d{1,9}[.)])[\t ]+\[.?\][\t ]*[*_`~[]{0,4}(T(?:ASK)?-?\d{1,6}[A-Za-z]?(?:[-.]\d{1,3}){0,3})/gm;
/** `T004-T011`, `T001, T002`: a heading over several tasks. */
const SEVERAL = /^[^\p{L}\p{N}]{0,9}(?:to )?T(?:ASK)?-?\d/u;
const TASK_WORD =
  /^(?:[*_`]{0,3})(?:task|tarea|tarefa|tâche|aufgabe|görev|задача|compito|任务|任務|タスク|작업)[\s#:：]{0,3}(?=[*_`]{0,3}T-?\d)/iu;
const MAX_BODY = 20_000;

/** The task that a heading names: `### T001 [P] Title`, `### Task T001: Title`. */
export function taskOfHeading(written: string): TaskHead | undefined {
  const head = taskHead(written.replace(TASK_WORD, '').replace(CLOSING, ''));
  return head.id === undefined || SEVERAL.test(head.text) ? undefined : head;
}

/** What a heading ends with to say that its task is done. */
const CLOSING =
  /[\s`(]{0,9}(?:[✅✔☑]\uFE0F?\s{0,9}(?:\p{L}{1,20})?|\[(?:x|done|completed?)\]|\(?(?:DONE|COMPLETED?)\)?)[`)\s]{0,9}$/iu;

/** Whether headings are the tasks of a file: none of its checkboxes has an id but for parts of what a heading names. */
export function areTasksHeadings({ text }: SourceText): boolean {
  const ids = [...text.matchAll(HEADING)].flatMap(([, written = '']) => taskOfHeading(written)?.id ?? []);
  const known = new Set(ids);
  const isPart = (id: string): boolean => known.has(id.replace(/[-.]\d{1,3}$/, '')) && !known.has(id);
  return ids.length > 0 && [...text.matchAll(BOX)].every(([, id = '']) => isPart(id));
}

/** What stands under the heading of a task. */
export interface HeadingBody {
  details: string | undefined;
  /** As a line `Status: …`, or the heading itself, says. */
  status: WorkStatus | undefined;
  /** The lines that name its files. */
  files: string;
}

const FILES =
  /^\W{0,6}(?:files?|paths?|archivos?|arquivos?|fichiers?|dateie?n?|文件|檔案|档案|ファイル|파일|файлы?|dosyalar)(?!\p{L}*\/)[^:：]{0,30}[:：]/iu;
const STATUS = /^\W{0,6}(?:status|状态|狀態|状態|상태|estado|situação|statut|durum|stato|статус)\W{0,4}[:：]\W{0,4}?\s*(.*)$/iu;

export function bodyOf({ line, text }: Heading, endLine: number, source: SourceText): HeadingBody {
  const lines: string[] = [];
  let length = 0;
  for (let at = line + 1; at <= endLine && length < MAX_BODY; at++) {
    lines.push(lineText(source, at));
    length += lines.at(-1)?.length ?? 0;
  }
  const details = lines.join('\n').trim();
  const stated = lines.flatMap((each) => statusIn(STATUS.exec(each)?.[1]) ?? []);
  return {
    details: details === '' ? undefined : details,
    status: stated[0] ?? (CLOSING.test(text.text) ? 'done' : undefined),
    files: lines.filter((each, index) => FILES.test(each) || isListed(lines, index)).join('\n'),
  };
}

function statusIn(words: string | undefined): WorkStatus | undefined {
  if (words === undefined) return undefined;
  const plain = words.replace(/^[*_\s]+/, '');
  const box = checkboxIn(plain);
  if (box !== undefined) return statusOf(box.marker);
  return /^[✅✔☑]/u.test(plain) ? 'done' : statusNamed(normalWords(plain));
}

/** A bullet under a line that names files: `Files:`. */
function isListed(lines: readonly string[], index: number): boolean {
  for (let above = index; above >= Math.max(0, index - 50); above--) {
    const text = lines[above] ?? '';
    if (above < index && FILES.test(text)) return /[:：][*_\s]*$/.test(text);
    if (!/^\s*[-*+]\s/.test(text)) return false;
  }
  return false;
}

/** The last line of what stands under each heading: before the next one that is not deeper. */
export function bodyEnds(blocks: readonly Block[], source: SourceText): Map<Heading, number> {
  const ends = new Map<Heading, number>();
  const open: Heading[] = [];
  const close = (level: number, line: number): void => {
    let end = line;
    while (end > 1 && isBlankLine(source, end)) end -= 1;
    while ((open.at(-1)?.level ?? 0) >= level) {
      const heading = open.pop();
      if (heading !== undefined) ends.set(heading, end);
    }
  };
  for (const block of blocks) {
    if (block.type !== 'heading') continue;
    close(block.level, block.line - 1);
    open.push(block);
  }
  close(1, source.lineCount);
  return ends;
}
