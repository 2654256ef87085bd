import { leadingKeyword, normalWords, says } from '../../work/keywords.ts';
import { saysTask } from './heading-tasks.ts';

export interface Section {
  line: number;
  level: number;
  title: string;
  /** What checkboxes in it are: tasks, or unless they are numbered, criteria or notes; in a table of coverage, never tasks. */
  kind: 'tasks' | 'acceptance' | 'legend' | 'coverage';
  /** Its title, where it names a part of the work. */
  milestone?: string;
}

const TRACES = /traceab|トレーサ|追溯|추적|izlenebilir/;
const COVERAGE = /coverage|matri[xsz]|カバレッジ|マトリ|覆盖|覆蓋|矩阵|矩陣|커버리지|kapsam/;
/** `10.3 …` */
const NUMBERED = /^\d{1,4}(?:\.\d{1,4})*[.)、．：:]?\s/;
const GENERIC =
  /^(?:implementation )?(?:plan|tasks?|task list|task overview|overview|implementation|görevler|タスク(?:リスト|一覧)?|实施任务|任务(?:列表|清单)?|任務(?:列表|清單)?|작업(?: 목록)?|aufgaben|tareas|tarefas|tâches|実装タスク|実装計画)$/;

/** The headings of a tasks file, as they are passed. */
export class Sections {
  /** What the first heading says of the specification, without `Implementation Plan`. */
  title: string | undefined;
  current: Section | undefined;
  #seen = 0;
  /** Acceptance and the like hold for what lies under them. */
  #outer: Section | undefined;
  #reported: Section | undefined;

  /** The section around the current one. */
  above: Section | undefined;
  #path: Section[] = [];

  enter({ level, title }: { level: number; title: string }, line: number): void {
    const isTitle = this.#seen++ === 0 && level === 1;
    if (isTitle) this.title = titleIn(title);
    if (this.#outer !== undefined && level <= this.#outer.level) this.#outer = undefined;
    const kind = isTitle ? 'tasks' : (this.#outer?.kind ?? kindOf(title));
    const words = normalWords(title.replace(/^[\d.\s]+/, ''));
    const isPart = level > 1 && !GENERIC.test(words) && words !== '';
    this.current = { line, level, title, kind, ...(isPart ? { milestone: title } : {}) };
    if (kind !== 'tasks') this.#outer ??= this.current;
    this.#path = this.#path.filter((each) => each.level < level);
    this.above = this.#path.at(-1);
    // A heading that is a task is no part of the work that tasks are in.
    if (!saysTask(title)) this.#path.push(this.current);
  }

  /** True once for each section. */
  isNews(): boolean {
    const section = this.#outer ?? this.current;
    const isNew = this.#reported !== section;
    this.#reported = section;
    return isNew;
  }
}

function kindOf(title: string): Section['kind'] {
  const words = normalWords(title);
  const isPart = saysTask(title) || (says(title, 'phase') && /\d/.test(words));
  if (isPart) return 'tasks';
  if (tellsCoverage(words)) return 'coverage';
  if (says(title, 'phase')) return 'tasks';
  if (says(title, 'acceptance')) return 'acceptance';
  return !NUMBERED.test(words) && tellsHow(words) ? 'legend' : 'tasks';
}

/** `Requirements Coverage`, not `Test coverage` or `Compatibility matrix`, which are work. */
function tellsCoverage(words: string): boolean {
  if (TRACES.test(words)) return true;
  return (
    COVERAGE.test(words) && (says(words, 'requirement') || /criteri|spec|基準|标准/.test(words) || words.split(' ').length === 1)
  );
}

/** `Notes`, `Format: [ID] …`, `Important notes`; not `Update the output format`, which is work. */
function tellsHow(words: string): boolean {
  if (/^(?:notlar|注意事項|备注|備註|참고|notas|notizen|hinweise)$/.test(words)) return true;
  const isShort = /^[\p{Script=Latin}]/u.test(words) ? words.split(' ').length <= 2 : words.length <= 7;
  return says(words, 'legend') && (isShort || /^[:：(（]/.test(words.slice(leadingKeyword(words, 'legend'))));
}

/** `Implementation Plan: Shop` is about `Shop`. */
function titleIn(title: string): string | undefined {
  const rest = /^[^:：]{1,60}[:：]\s*(\S.*)$/.exec(title)?.[1];
  return rest?.trim();
}
