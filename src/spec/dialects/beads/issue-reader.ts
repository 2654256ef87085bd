import { counted } from '../../../base/text.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/json.ts';
import type { DiagnosticList } from '../../diagnostic-list.ts';
import type { SourceSpan } from '../../model.ts';
import { shortened } from '../../shortened.ts';
import { PLAIN_WORK, type EdgeDraft, type WorkDraft } from '../../work/work-draft.ts';
import type { IssueLine } from './issue-lines.ts';
import { issuePriority, issueStatus, noWorkOf, schedulingWords } from './issue-words.ts';

interface Dependency {
  from: string;
  to: string;
  type: string;
}

/** Reads the issues of one `.beads` folder. */
export class IssueReader {
  readonly tasks: WorkDraft[] = [];
  readonly edges: EdgeDraft[] = [];
  readonly #scope: string;
  readonly #diagnostics: DiagnosticList;
  readonly #byId = new Map<string, WorkDraft>();
  /** Ids of what is no work, and why. */
  readonly #passed = new Map<string, string>();

  constructor(scope: string, diagnostics: DiagnosticList) {
    this.#scope = scope;
    this.#diagnostics = diagnostics;
  }

  read(lines: readonly IssueLine[]): void {
    const work = lines.filter((line) => this.#isWork(line));
    this.#reportPassed(lines);
    const drafts = work.map((line): [WorkDraft, IssueLine] => [this.#readIssue(line), line]);
    for (const [draft, line] of drafts) for (const each of dependenciesOf(line.issue, draft)) this.#readDependency(each, draft);
    for (const draft of this.tasks) this.#readDottedParent(draft);
  }

  #isWork({ issue }: IssueLine): boolean {
    const isNameless = textOf(issue['id']) === undefined && textOf(issue['title']) === undefined;
    const why = noWorkOf(issue) ?? (isNameless ? 'record without id' : undefined);
    if (why !== undefined) this.#passed.set(textOf(issue['id']) ?? `line ${this.#passed.size}`, why);
    return why === undefined;
  }

  /** One note for a file's entries that are no work, with how many there are of each sort. */
  #reportPassed(lines: readonly IssueLine[]): void {
    const [first] = lines;
    if (first === undefined || this.#passed.size === 0) return;
    const counts = Map.groupBy(this.#passed.values(), (why) => why);
    const sorts = [...counts].map(([why, all]) => `${why} (${all.length})`).join(', ');
    const at = { file: first.account.source.path, line: first.line, column: 1 };
    const message = `${counted(this.#passed.size, 'entry is', 'entries are')} no work: ${sorts}.`;
    this.#diagnostics.report('SPEC_ENTRY_IGNORED', at, { message, hint: 'Give an entry the type `task` if it is to be done.' });
  }

  #readIssue({ account, line, issue }: IssueLine): WorkDraft {
    const source: SourceSpan = { file: account.source.path, line, column: 1, endLine: line };
    const sourceId = textOf(issue['id']);
    const title = textOf(issue['title']) ?? sourceId ?? 'Issue';
    const type = textOf(issue['issue_type']);
    const { status, label } = this.#statusOf(issue, source);
    const own = listOf(issue['labels']).map(textOf);
    const draft: WorkDraft = {
      ...PLAIN_WORK,
      key: `${source.file}:${line}`,
      scope: this.#scope,
      name: shortened(title),
      section: type ?? 'Issues',
      source,
      text: title,
      status,
      writes: [],
      labels: [type === 'task' ? undefined : type, label, ...own].filter((each) => each !== undefined),
    };
    const details = detailsOf(issue);
    const priority = issuePriority(issue['priority']);
    if (sourceId !== undefined) draft.sourceId = sourceId;
    if (details !== undefined) draft.details = details;
    if (priority !== undefined) draft.priority = priority;
    account.mark(source, 'element', draft.key);
    this.tasks.push(draft);
    if (sourceId !== undefined && !this.#byId.has(sourceId)) this.#byId.set(sourceId, draft);
    return draft;
  }

  #statusOf(issue: JsonObject, at: SourceSpan): ReturnType<typeof issueStatus> {
    const written = textOf(issue['status']);
    const found = issueStatus(written);
    if (found.status === 'unknown') {
      const message = `The status \`${written ?? ''}\` is not known; the task is taken as open.`;
      const hint = 'Write open, in_progress, blocked, deferred, hooked or closed.';
      this.#diagnostics.report('SPEC_STATUS_UNKNOWN', at, { message, hint });
    }
    return found;
  }

  #readDependency({ from, to, type }: Dependency, written: WorkDraft): void {
    const task = this.#byId.get(from) ?? written;
    const words = schedulingWords(type);
    if (words === undefined && type !== 'parent-child') return;
    const target = this.#byId.get(to);
    if (target === undefined) return this.#reportMissing({ from, to, type }, task, written.source);
    if (words !== undefined) this.#addEdge(task, target, `${words} ${to}`, written.source);
    else if (task.parent === undefined) task.parent = target.key;
    else if (task.parent !== target.key) {
      const because = `closes after its part ${from}`;
      this.edges.push({ from: target.key, to: { key: task.key }, kind: 'structural', because, at: written.source });
    }
  }

  #addEdge(task: WorkDraft, target: WorkDraft, because: string, at: SourceSpan): void {
    this.edges.push({ from: task.key, to: { key: target.key }, kind: 'explicit', because, at });
  }

  #reportMissing({ to, type }: Dependency, task: WorkDraft, at: SourceSpan): void {
    const why = this.#passed.get(to);
    const what = why === undefined ? 'which is no issue of this bundle' : `which is no work (${why})`;
    const message = `\`${task.sourceId ?? task.name}\` depends on \`${to}\` (${type}), ${what}.`;
    const code = why === undefined ? 'SPEC_DEPENDENCY_UNKNOWN' : 'SPEC_ENTRY_IGNORED';
    this.#diagnostics.report(code, at, { message, hint: 'Remove the dependency if it is settled; nobody waits for it here.' });
  }

  /** `bd-x.1` is part of `bd-x`, if nothing else is said. */
  #readDottedParent(draft: WorkDraft): void {
    const parent = this.#byId.get(draft.sourceId?.replace(/\.\d+$/, '') ?? '');
    if (draft.parent === undefined && parent !== undefined && parent !== draft) draft.parent = parent.key;
  }
}

/** Dependencies as exported, as `bd show --json` prints them, or bare ids. */
function dependenciesOf(issue: JsonObject, { sourceId = '' }: WorkDraft): Dependency[] {
  return listOf(issue['dependencies']).flatMap((each) => {
    if (!isJsonObject(each)) return dependency(sourceId, textOf(each), 'blocks');
    const type = textOf(each['type']) ?? textOf(each['dependency_type']) ?? 'blocks';
    return dependency(textOf(each['issue_id']) ?? sourceId, textOf(each['depends_on_id']) ?? textOf(each['id']), type);
  });
}

function dependency(from: string, to: string | undefined, type: string): Dependency[] {
  return to === undefined ? [] : [{ from, to, type: type.toLowerCase().replaceAll('_', '-') }];
}

const FIELDS = [
  ['description', undefined],
  ['design', 'Design'],
  ['acceptance_criteria', 'Acceptance criteria'],
  ['notes', 'Notes'],
] as const;

function detailsOf(issue: JsonObject): string | undefined {
  const parts = FIELDS.flatMap(([field, title]) => {
    const text = textOf(issue[field]);
    return text === undefined ? [] : title === undefined ? text : `${title}:\n${text}`;
  });
  return parts.length === 0 ? undefined : parts.join('\n\n');
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}
