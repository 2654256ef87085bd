import { plainText } from '../../markdown/passage.ts';
import { shortened } from '../../shortened.ts';
import { marksOptional } from '../../work/keywords.ts';
import { statusOf } from '../../work/marks.ts';
import { PLAIN_WORK, type RequirementDraft, type WorkDraft } from '../../work/work-draft.ts';
import { type FoundBox, markOf, spanOf } from './found-box.ts';
import { namedPaths } from './named-paths.ts';
import type { Section } from './sections.ts';
import type { StoryBook } from './story-book.ts';
import type { TaskHead } from './task-head.ts';

/** What a checkbox stands in. */
export interface Surroundings {
  /** Part of the ids. */
  scope: string;
  /** Before the titles of phases, where the bundle has many features. */
  prefix: string;
  stories: StoryBook;
  section: Section | undefined;
  /** Key of the task it stands under. */
  owner: string | undefined;
}

/** Title of the group of tasks that stand under no heading. */
export const NO_GROUP = 'Tasks';

/** A numbered checkbox as a task. */
export function newTask(found: FoundBox, head: TaskHead, around: Surroundings): WorkDraft {
  const { scope, prefix, stories, section, owner } = around;
  const { id, labels } = head;
  const source = spanOf(found);
  const text = plainText(head.text).replace(/\s*[✅✔☑]\uFE0F?\s*$/u, '') || (id ?? found.box.text);
  const whole = found.files === undefined ? head.text : `${head.text}\n${found.files}`;
  const priority = stories.priorityOf(labels, section?.story);
  return {
    ...PLAIN_WORK,
    key: `${source.file}:${source.line}`,
    scope,
    name: shortened(text),
    section: section?.title ?? '',
    source,
    text,
    status: statusOf(found.box.marker),
    optional: found.box.optional || labels.includes('OPTIONAL') || marksOptional(text),
    milestone: `${prefix}${section?.group ?? NO_GROUP}`,
    writes: namedPaths(whole, { files: labels.includes('P') || found.files !== undefined }),
    labels,
    covers: stories.covers({
      labels,
      text: found.files === undefined ? head.text : `${head.text}\n${found.details ?? ''}`,
      story: section?.story,
      at: source,
    }),
    ...markOf(found),
    ...(found.details === undefined ? {} : { details: found.details }),
    ...(id === undefined ? {} : { sourceId: id }),
    ...(owner === undefined ? {} : { parent: owner }),
    ...(priority === undefined ? {} : { priority }),
  };
}

/** `US1-AC4: …`: the fourth criterion of the first story. */
const CRITERION_ID = /^[*_`]{0,3}((?:US-?\d{1,3}[a-z]?[-/.\s]?)?(?:AC|DOD|AS)-?\d{1,3})(?=[\s:：.*_`)])/i;
const REQUIREMENT_ID = /^[*_`]{0,3}(?:FR|SC|NFR)-\d/;
const STORY = /^US-?(\d{1,3}[a-z]?)/i;

/** Whether a text begins with the id of a criterion or a requirement, so that it is no task. */
export function namesCriterion(text: string): boolean {
  return CRITERION_ID.test(text.slice(0, 60)) || REQUIREMENT_ID.test(text);
}

/** A checkbox that tells when something is finished: a task, or the story that it or its phase names. */
export function newCriterion(found: FoundBox, around: Surroundings): RequirementDraft {
  const { scope, stories, section, owner } = around;
  const source = spanOf(found);
  const text = plainText(found.box.text);
  const sourceId = CRITERION_ID.exec(found.box.text.slice(0, 60))?.[1];
  const parent = owner ?? stories.keyOf(STORY.exec(sourceId ?? '')?.[1] ?? section?.story);
  return {
    kind: 'requirement',
    requirementKind: 'criterion',
    key: `${source.file}:${source.line}`,
    scope,
    name: shortened(text),
    section: section?.title ?? '',
    source,
    text,
    ...markOf(found),
    ...(sourceId === undefined ? {} : { sourceId }),
    ...(parent === undefined ? {} : { parent }),
  };
}
