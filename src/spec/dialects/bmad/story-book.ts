import type { DiagnosticList } from '../../diagnostic-list.ts';
import type { WorkStatus } from '../../model.ts';
import { partStatus } from '../../work/box-lines.ts';
import { type Group, sequenceEdges, type Step } from '../../work/sequence.ts';
import type { RequirementDraft, WorkDraft, WorkReading } from '../../work/work-draft.ts';
import type { Epics } from './read-epics.ts';
import type { SprintStory } from './sprint-status.ts';
import { type Story, storyDraft } from './story.ts';
import { storyId } from './story-number.ts';

/** Least finished first. */
const PROGRESS: readonly WorkStatus[] = ['unknown', 'todo', 'doing', 'cancelled', 'done'];

/** Brings together what files of stories, epics and the sprint say of the same story. */
export class StoryBook {
  readonly #diagnostics: DiagnosticList;
  /** Stories with a file of their own; one number may have several. */
  readonly #files: Story[] = [];
  readonly #epics: Epics = { titles: new Map(), stories: [], checklist: [] };
  readonly #sprint = new Map<string, SprintStory>();

  constructor(diagnostics: DiagnosticList) {
    this.#diagnostics = diagnostics;
  }

  addStory(story: Story): void {
    this.#files.push(story);
  }

  addEpics({ titles, stories, checklist }: Epics): void {
    for (const [epic, title] of titles) if (!this.#epics.titles.has(epic)) this.#epics.titles.set(epic, title);
    this.#epics.stories.push(...stories);
    this.#epics.checklist.push(...checklist);
  }

  addSprint(stories: readonly SprintStory[]): void {
    for (const story of stories) {
      const id = storyId(story).toLowerCase();
      if (!this.#sprint.has(id)) this.#sprint.set(id, story);
    }
  }

  /** A story's file is the task; without one, its section among the epics; without that, its line of the sprint. */
  reading(): WorkReading {
    const known = new Map(this.#files.map((story) => [storyId(story.numbered).toLowerCase(), story]));
    const stories = [...this.#files];
    const requirements: RequirementDraft[] = [...this.#epics.checklist];
    for (const section of this.#epics.stories) {
      const id = storyId(section.numbered).toLowerCase();
      const own = known.get(id);
      if (own === undefined) {
        known.set(id, section);
        stories.push(section);
      } else requirements.push(...thoughtOf(section, own));
    }
    for (const [id, line] of this.#sprint) if (!known.has(id)) stories.push(sprintOnly(line));
    for (const story of stories) this.#settle(story);
    return this.#readingOf(stories, requirements);
  }

  #readingOf(stories: readonly Story[], requirements: readonly RequirementDraft[]): WorkReading {
    const sorted = stories.toSorted((a, b) => compareIds(storyId(a.numbered), storyId(b.numbered)));
    const epics = Map.groupBy(sorted, ({ numbered }) => numbered.epic);
    const groups = [...epics].map(([epic, inside]): Group => ({ title: this.#titleOf(epic), steps: inside.map(stepOf) }));
    return {
      tasks: sorted.flatMap(({ draft, tasks }) => [draft, ...tasks]),
      requirements: [...requirements, ...sorted.flatMap(({ criteria }) => criteria)],
      edges: [...sorted.flatMap(({ edges }) => edges), ...sequenceEdges(groups)],
    };
  }

  #titleOf(epic: string): string {
    return this.#epics.titles.get(epic) ?? `Epic ${epic}`;
  }

  /** Milestone and status, which the sprint may tell otherwise. */
  #settle({ numbered, draft, tasks, status }: Story): void {
    const sprint = this.#sprint.get(storyId(numbered).toLowerCase());
    const isTicked = tasks.length > 0 && tasks.every((task) => task.status === 'done');
    draft.status = sprint === undefined ? (status ?? 'todo') : settledStatus(status ?? sprint.status, sprint.status, isTicked);
    if (sprint !== undefined && status !== undefined && status !== sprint.status) this.#reportDrift(draft, { status, sprint });
    const byKey = new Map<string, WorkDraft>([draft, ...tasks].map((task) => [task.key, task]));
    for (const task of tasks) task.status = partStatus(task.status, byKey.get(task.parent ?? '')?.status ?? draft.status);
    for (const task of [draft, ...tasks]) task.milestone = this.#titleOf(numbered.epic);
  }

  #reportDrift(draft: WorkDraft, { status, sprint }: { status: WorkStatus; sprint: SprintStory }): void {
    const message = `Story ${draft.sourceId ?? ''} is ${status} by its own file, and \`${sprint.words}\` in the sprint; it is taken as ${draft.status}.`;
    this.#diagnostics.report('SPEC_STATUS_DISAGREES', sprint.at, { message, hint: 'Correct the one that is behind.' });
  }
}

/** The less finished one; but what the sprint has done, and has all boxes ticked, only waits for its own file to say so. */
function settledStatus(own: WorkStatus, sprint: WorkStatus, isTicked: boolean): WorkStatus {
  if (sprint === 'done' && own === 'doing' && isTicked) return 'done';
  return PROGRESS.indexOf(own) < PROGRESS.indexOf(sprint) ? own : sprint;
}

/** The section of a story that has a file is what the file is to fulfil. */
function thoughtOf({ draft, criteria }: Story, own: Story): RequirementDraft[] {
  const { key, scope, sourceId = '', name, section, source, text } = draft;
  own.draft.covers = [...own.draft.covers, { key }];
  const story: RequirementDraft = {
    kind: 'requirement',
    requirementKind: 'story',
    key,
    scope,
    sourceId: `Story ${sourceId}`,
    name,
    section,
    source,
    text,
  };
  return [story, ...criteria.map((criterion) => ({ ...criterion, scope: `epics/${criterion.scope}` }))];
}

function sprintOnly(line: SprintStory): Story {
  const { epic, story, title } = line;
  const numbered = { epic: /^[a-z]/.test(epic) ? epic.toUpperCase() : epic, story, title };
  return { numbered, draft: storyDraft(numbered, line.at), tasks: [], criteria: [], status: line.status, edges: [] };
}

function stepOf({ draft, tasks }: Story): Step {
  const byParent = Map.groupBy(tasks, ({ parent }) => parent);
  const partsOf = (key: string, depth: number): Step[] =>
    depth > 60 ? [] : (byParent.get(key) ?? []).map((task) => ({ task, parts: partsOf(task.key, depth + 1) }));
  return { task: draft, parts: partsOf(draft.key, 0) };
}

function compareIds(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
