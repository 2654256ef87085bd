import { marksOptional, says } from '../../work/keywords.ts';
import type { Building } from './task-builder.ts';
import { taskHead } from './task-head.ts';
import { saysAcceptance, type TaskHeading } from './task-outline.ts';

/** A stretch of tasks under one heading. */
export interface TaskGroup {
  title: string;
  /** `3` of `## 3. Tests`. */
  number: string | undefined;
  line: number;
  level: number;
  kind: 'work' | 'acceptance' | 'dependencies';
  optional: boolean;
  /** It is numbered, or called a phase. */
  numbered: boolean;
  /** Tasks that are no part of another one. */
  tasks: Building[];
}

/** What is deeper is taken to be at this depth. */
const MAX_DEPTH = 20;
const NUMBER = /^(?:[\p{L}]{1,12}\s*#?\s*)?(\d{1,3})(?=[.:：、)）\s-]|$)/u;

/** The tasks of a file in their groups, as they are found. */
export class GroupList {
  readonly groups: TaskGroup[] = [];
  /** Tasks and criteria in the order of the source. */
  readonly all: Building[] = [];
  readonly dependencyLines: { text: string; line: number }[] = [];
  /** Bullets with the number of a task and without a box. */
  readonly unmarked: { id: string; line: number }[] = [];
  readonly #byId = new Map<string, Building>();
  /** Headings that the current group stands under, itself last. */
  #path: TaskGroup[] = [];

  get #current(): TaskGroup | undefined {
    return this.#path.at(-1);
  }

  get title(): string {
    return this.#current?.title ?? '';
  }

  get isOptional(): boolean {
    return this.#current?.optional ?? false;
  }

  get isNumbered(): boolean {
    return this.#current?.numbered ?? false;
  }

  get isAcceptance(): boolean {
    return this.#current?.kind === 'acceptance';
  }

  get isDependencies(): boolean {
    return this.#current?.kind === 'dependencies';
  }

  enter({ title, level, line, boxes }: TaskHeading): void {
    while ((this.#current?.level ?? 0) >= level) this.#path.pop();
    const above = this.#current;
    const own = NUMBER.exec(title)?.[1];
    const numbered = own !== undefined || says(title, 'phase');
    const group: TaskGroup = {
      title,
      number: own ?? above?.number,
      line,
      level,
      kind: kindOf({ title, boxes, numbered }) ?? (numbered ? 'work' : (above?.kind ?? 'work')),
      optional: marksOptional(title) || (above?.optional ?? false),
      numbered: numbered || (above?.numbered ?? false),
      tasks: [],
    };
    this.#path.push(group);
    this.groups.push(group);
  }

  /** A task is part of the one it stands under or, without such a one, of the one whose number its own begins with. */
  add(task: Building, under: Building | undefined): void {
    const { id } = task.head;
    const parent =
      under ?? (task.isCriterion || id === undefined ? undefined : this.#byId.get(id.slice(0, Math.max(0, id.lastIndexOf('.')))));
    const owner = parent?.isCriterion === true || (parent?.depth ?? 0) >= MAX_DEPTH ? parent?.parent : parent;
    if (owner !== undefined) {
      task.parent = owner;
      task.depth = owner.depth + 1;
    }
    this.all.push(task);
    if (task.isCriterion) return;
    if (id !== undefined && !this.#byId.has(id)) this.#byId.set(id, task);
    if (task.parent === undefined) this.#groupNow().tasks.push(task);
    else task.parent.parts.push(task);
  }

  noteBullet(text: string, line: number): void {
    const { id } = taskHead(text);
    if (id !== undefined && /\d\.\d/.test(id) && !this.isDependencies && !this.isAcceptance) this.unmarked.push({ id, line });
  }

  /** Tasks before the first heading are a group of their own. */
  #groupNow(): TaskGroup {
    const current = this.#current;
    if (current !== undefined) return current;
    const group: TaskGroup = {
      title: '',
      number: undefined,
      line: 1,
      level: 1,
      kind: 'work',
      optional: false,
      numbered: false,
      tasks: [],
    };
    this.#path = [group];
    this.groups.push(group);
    return group;
  }
}

/** `## Dependencies` without boxes tells of an order; `## 1. Dependencies` with boxes is work. */
function kindOf({ title, boxes, numbered }: { title: string; boxes: number; numbered: boolean }): TaskGroup['kind'] | undefined {
  if (boxes === 0 && says(title, 'dependency')) return 'dependencies';
  return !numbered && saysAcceptance(title) ? 'acceptance' : undefined;
}
