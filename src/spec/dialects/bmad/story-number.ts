import { plainText } from '../../markdown/passage.ts';
import { leadingKeyword, normalWords } from '../../work/keywords.ts';

/** Number and title of a story or an epic, from its heading or the name of its file. */
export interface Numbered {
  epic: string;
  /** Empty for an epic. */
  story: string;
  title: string;
}

/** `5.6-4` and `6.2-P3` belong to epic 5.6 and 6.2; `2.3.1` belongs to epic 2, and comes after `2.3`. */
const NUMBER = String.raw`(\d{1,4}(?:\.\d{1,4}){1,2})-(p?\d{1,4}[a-z]?)|(\d{1,4})[.\-_](\d{1,4}(?:[.-]\d{1,4})?[a-z]?)`;
const STORY = new RegExp(String.raw`^\s{0,3}(?:${NUMBER})(?![\d.]|-\d)\s*[:：.–—-]?\s*(.*)$`, 'is');
/** `CHAT`, `MU`, `E-7`: an epic that has letters for a number. */
export const EPIC_CODE = String.raw`[A-Z]{1,8}\d{0,3}(?:-\d{1,3}[A-Z]?)?`;
/** `CHAT-1`, `MU-S01`, `E-7-S2`, `R.3`. */
const CODED = new RegExp(String.raw`^\s{0,3}(${EPIC_CODE})[.-](S?\d{1,4}[a-z]?)(?![\p{L}\p{N}.])\s*(?:[:：–—-]+\s*(.*)|)$`, 'su');
const FILE = new RegExp(
  String.raw`(?:^|\/)(?!\d{4}-\d\d-\d\d)(?:story[-_.])?(?:(\d{1,4}(?:\.\d{1,4}){1,2})-(p?\d{1,4}[a-z]?)|(\d{1,4})[.-](\d{1,4}(?:\.\d{1,4})?[a-z]?))(?:[-_.]([^/]*))?\.(?:md|markdown)$`,
  'i',
);
const CODED_FILE = /^(?:(?:.*\/)?stories\/)?(?:story[-_.])?([A-Z]{1,8}\d{0,3})-(S?\d{1,4})(?:[-_.]([^/]*))?\.(?:md|markdown)$/;
const EPIC =
  /^\s{0,3}(?:epic|épica|épico|épopée|epik|エピック|史诗|史詩|에픽)\s{0,3}(\d{1,4}(?:\.\d{1,4})?)(?![.\d])\s*[:：.–—-]?\s*(.*)$/is;
const CODED_EPIC = new RegExp(String.raw`^\s{0,3}(?:Epic|EPIC)\s{1,3}(${EPIC_CODE})(?:\s*$|\s*[:：–—-]\s*(.*)$)`, 'su');

/** `Story 1.2: Title`. */
export function storyIn(heading: string): Numbered | undefined {
  const text = plainText(heading);
  const length = leadingKeyword(normalWords(text), 'story');
  return length === 0 ? undefined : numberedIn(text.slice(length).replace(/^\s*[:：]?\s*#?/, ''));
}

/** `1.2: Title`, `MU-S01: Title`. */
function numberedIn(text: string): Numbered | undefined {
  const [, epic, story, first = '', second = '', title = ''] = STORY.exec(text) ?? [];
  if (title !== '' || first !== '' || epic !== undefined)
    return { epic: epic ?? first, story: plainStory(story ?? second), title: title.trim() };
  const coded = CODED.exec(text);
  return coded === null ? undefined : { epic: coded[1] ?? '', story: coded[2] ?? '', title: (coded[3] ?? '').trim() };
}

/** `3-1` is `3.1`. */
function plainStory(text: string): string {
  return text.replace('-', '.');
}

/** `1-2-log-in.md`, `1.2.log-in.md`, `story-1.2.md`, `stories/MU-S01.md`. */
export function storyInName(path: string): Numbered | undefined {
  const [, epic, story, first = '', second = '', title = ''] = FILE.exec(path) ?? [];
  if (epic !== undefined || first !== '')
    return { epic: epic ?? first, story: story ?? second, title: title.replaceAll(/[-_]/g, ' ') };
  const coded = CODED_FILE.exec(path);
  return coded === null
    ? undefined
    : { epic: coded[1] ?? '', story: coded[2] ?? '', title: (coded[3] ?? '').replaceAll(/[-_]/g, ' ') };
}

/** `1-2-log-in`, `5.6-4-guide` and `r-0-plan` of a sprint. */
export function storyInKey(key: string): Numbered | undefined {
  const parts = /^(\d{1,4}(?:\.\d{1,4}){0,2}|[a-z]{1,8}\d{0,3})-([ps]?\d{1,4}[a-z]?)(?:-(.*))?$/i.exec(key.trim());
  const [, epic = '', story = '', slug = ''] = parts ?? [];
  return epic === '' || /^epic$/i.test(epic) ? undefined : { epic, story, title: slug.replaceAll('-', ' ') };
}

/** `Epic 1: Title`, `Epic MU — Title`. */
export function epicIn(heading: string): Numbered | undefined {
  const text = plainText(heading);
  const parts = EPIC.exec(text) ?? CODED_EPIC.exec(text);
  return parts === null ? undefined : { epic: parts[1] ?? '', story: '', title: (parts[2] ?? '').trim() };
}

/** As a heading prints it: `1.2`, `R.3`, `MU-S01`. */
export function storyId({ epic, story }: Numbered): string {
  return `${epic}${/^\d|^[a-z]$/i.test(epic) ? '.' : '-'}${story}`;
}

export interface Heading {
  line: number;
  level: number;
  text: string;
}

const HEADING = /^ {0,3}(#{1,6})[\t ]+(.*?)[\t ]*#*$/;

export function headingOf(text: string, line: number): Heading | undefined {
  const parts = HEADING.exec(text.slice(0, 1000));
  return parts === null ? undefined : { line, level: parts[1]?.length ?? 1, text: (parts[2] ?? '').trim() };
}
