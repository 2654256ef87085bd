import { plainText } from '../../markdown/passage.ts';
import { leadingKeyword, normalWords } from '../../work/keywords.ts';

/** Number and title of a story or an epic, from its heading or the name of its file. */
export interface Numbered {
  epic: string;
  /** Empty for an epic. */
  story: string;
  title: string;
}

const STORY = /^\s{0,3}(\d{1,4})[.\-_](\d{1,4}[a-z]?)(?![\d.])\s*[:：.–—-]?\s*(.*)$/is;
const FILE = /(?:^|\/)(?:story[-_.])?(\d{1,4})[-.](\d{1,4}[a-z]?)(?:[-_.](.*))?\.(?:md|markdown)$/i;
const EPIC = /^\s{0,3}(?:epic|épica|épico|épopée|epik|エピック|史诗|史詩|에픽)\s{0,3}(\d{1,4})\s*[:：.–—-]?\s*(.*)$/is;

/** `Story 1.2: Title`. */
export function storyIn(heading: string): Numbered | undefined {
  const text = plainText(heading);
  const length = leadingKeyword(normalWords(text), 'story');
  const parts = length === 0 ? null : STORY.exec(text.slice(length).replace(/^\s*#/, ''));
  return parts === null ? undefined : { epic: parts[1] ?? '', story: parts[2] ?? '', title: (parts[3] ?? '').trim() };
}

/** `1-2-log-in.md`, `1.2.log-in.md`, `story-1.2.md`. */
export function storyInName(path: string): Numbered | undefined {
  const parts = FILE.exec(path);
  return parts === null
    ? undefined
    : { epic: parts[1] ?? '', story: parts[2] ?? '', title: (parts[3] ?? '').replaceAll(/[-_]/g, ' ') };
}

/** `Epic 1: Title`. */
export function epicIn(heading: string): Numbered | undefined {
  const parts = EPIC.exec(plainText(heading));
  return parts === null ? undefined : { epic: parts[1] ?? '', story: '', title: (parts[2] ?? '').trim() };
}

export function storyId({ epic, story }: Numbered): string {
  return `${epic}.${story}`;
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
