import type { Dialect } from '../../dialect.ts';
import { isMarkdown } from '../../line-account.ts';
import type { Bundle } from '../../read-bundle.ts';
import { HEAD, isSprintStatus } from './claims.ts';
import { EPIC_CODE } from './story-number.ts';

/** BMAD: epics, stories with criteria and tasks, and the status of the sprint. */
export const bmad: Dialect = { name: 'bmad', recognises, read: async (desk) => (await import('./read.ts')).read(desk) };

const NUMBER = String.raw`Story:?[\t ]+(?:\d{1,4}|${EPIC_CODE})[.-]S?\d`;
const STORY = new RegExp(String.raw`^#[\t ]+${NUMBER}`, 'im');
const STORY_OF_EPIC = new RegExp(String.raw`^#{2,4}[\t ]+${NUMBER}`, 'im');

function recognises({ files }: Bundle): boolean {
  return files.some(({ path, text }) => {
    if (isSprintStatus(path)) return /^development_status[\t ]*:/m.test(text);
    return isMarkdown(path) && (isStoryText(text) || isCodedStory(text, path) || isEpicsText(text, path));
  });
}

function isStoryText(text: string): boolean {
  return STORY.test(text.slice(0, HEAD)) && /^#{2,3}[\t ]+[^\n]{0,20}(?:Acceptance Criteria|Tasks)/im.test(text);
}

/** `MU-S01.md` with the heading `# MU-S01: …`. */
function isCodedStory(text: string, path: string): boolean {
  const code = /(?:^|\/)([A-Z]{1,8}\d{0,3}-S\d{1,3})(?![^/]*\/)[^/]*\.md$/i.exec(path)?.[1];
  return (
    code !== undefined && text.slice(0, HEAD).includes(`# ${code}`) && /^#{2,3}[\t ]+[^\n]{0,20}Acceptance Criteria/im.test(text)
  );
}

/** Epics are everybody's word: only files called so, with numbered epics and numbered stories in them. */
function isEpicsText(text: string, path: string): boolean {
  return (
    /epics?[^/]*\.md$|(?:^|\/)epics?\//i.test(path) &&
    /^#{1,3}[\t ]+Epic[\t ]+(?:\d|[A-Z]{1,8}\d{0,3}\b)/im.test(text) &&
    STORY_OF_EPIC.test(text)
  );
}
