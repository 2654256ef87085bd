import type { SourceSpan, TaskPriority } from '../../model.ts';
import { idsIn, type IdForm } from '../../work/id-lists.ts';
import type { Reference, RequirementDraft } from '../../work/work-draft.ts';
import { storyId } from './sections.ts';

/** The stories and requirements of a feature, for its tasks to refer to. */
export class StoryBook {
  readonly #byId: ReadonlyMap<string, RequirementDraft>;
  readonly #form: IdForm | undefined;
  readonly #hasStories: boolean;

  constructor(requirements: readonly RequirementDraft[]) {
    this.#byId = new Map(
      requirements.flatMap((draft) =>
        [draft.sourceId ?? [], draft.aliases ?? []].flat().map((id) => [normal(id), draft] as const),
      ),
    );
    this.#hasStories = requirements.some((draft) => draft.requirementKind === 'story');
    const prefixes = new Set(requirements.flatMap(({ sourceId }) => PREFIX.exec(sourceId ?? '')?.[1] ?? []));
    // `FR-017-001` is an id where there are such; else it may be a range.
    const inner = requirements.some(({ sourceId }) => /-\d+-\d/.test(sourceId ?? '')) ? String.raw`(?:-\d{1,4})?` : '';
    const pattern = String.raw`(?:${[...prefixes].join('|')})-\d{1,4}${inner}[a-z]?(?:\.\d{1,3})?`;
    this.#form = prefixes.size === 0 ? undefined : { pattern };
  }

  keyOf(story: string | undefined): string | undefined {
    return story === undefined ? undefined : this.#byId.get(normal(storyId(story)))?.key;
  }

  /** `US6a` is part of `US6`, where it is no story of its own. */
  #whole(id: string): string {
    const whole = id.replace(/[a-z]$/, '');
    return !this.#byId.has(normal(id)) && this.#byId.has(normal(whole)) ? whole : id;
  }

  /** Priority of the story that a task belongs to. */
  priorityOf(labels: readonly string[], story: string | undefined): TaskPriority | undefined {
    const [printed] = [...storiesIn(labels).map((id) => this.#whole(id)), ...(story === undefined ? [] : [storyId(story)])];
    return printed === undefined ? undefined : this.#byId.get(normal(printed))?.priority;
  }

  /** What a task is to fulfil: the stories of its labels, else that of its phase, and the requirements it names. */
  covers({
    labels,
    text,
    story,
    at,
  }: {
    labels: readonly string[];
    text: string;
    story: string | undefined;
    at: SourceSpan;
  }): Reference[] {
    const printed = storiesIn(labels).map((id) => this.#whole(id));
    const stories = printed.length === 0 && story !== undefined && this.keyOf(story) !== undefined ? [storyId(story)] : printed;
    const scenarios = [...text.matchAll(SCENARIO)]
      .map(([, us = '', ac]) => `${storyId(us)}/AC${Number(ac)}`)
      .filter((id) => this.#byId.has(normal(id)));
    const named = this.#form === undefined ? [] : idsIn(text, this.#form).map(({ id }) => id);
    return [...(this.#hasStories ? stories : []), ...scenarios, ...named].map((id): Reference => ({ printed: id, at }));
  }
}

const PREFIX = /^([A-Z]{2,6}(?:-[A-Z]{1,6})?)-\d/;
const STORY = /^US-?(\d{1,3}[a-z]?)$/i;
const SCENARIO = /(?<![\p{L}\p{N}])US-?(\d{1,3}[a-z]?)[/-](?:AC|AS)-?(\d{1,3})/gu;

function storiesIn(labels: readonly string[]): string[] {
  return labels.flatMap((label) => {
    const number = STORY.exec(label)?.[1];
    return number === undefined ? [] : [storyId(number)];
  });
}

/** `US-1`, `US01` and `us1` are one. */
function normal(id: string): string {
  return id.toLowerCase().replace(/^us-?0*(\d)/, 'us$1');
}
