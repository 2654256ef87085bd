import type { Desk } from '../../dialect.ts';
import type { SourceSpan, WorkStatus } from '../../model.ts';
import { plainText } from '../../markdown/passage.ts';
import { shortened } from '../../shortened.ts';
import { type IdForm, idsIn, isIdList } from '../../work/id-lists.ts';
import { leadingKeyword, normalWords } from '../../work/keywords.ts';
import { PLAIN_WORK, type EdgeDraft, type RequirementDraft, type WorkDraft } from '../../work/work-draft.ts';
import { type Numbered, storyId } from './story-number.ts';

/** A story as one file tells of it. */
export interface Story {
  numbered: Numbered;
  draft: WorkDraft;
  tasks: WorkDraft[];
  criteria: RequirementDraft[];
  /** The file's own word on how far it is, if it has one. */
  status: WorkStatus | undefined;
  edges: EdgeDraft[];
}

/** A story's task without its parts. */
export function storyDraft(
  numbered: Numbered,
  source: SourceSpan,
  { status = 'todo' }: { status?: WorkStatus | undefined } = {},
): WorkDraft {
  const id = storyId(numbered);
  const title = numbered.title === '' ? `Story ${id}` : numbered.title;
  return {
    ...PLAIN_WORK,
    key: `${source.file}:${source.line}:story`,
    scope: '',
    sourceId: id,
    aliases: [`Story ${id}`, `${numbered.epic}-${numbered.story}`, `${numbered.epic}.${numbered.story}`].filter(
      (name) => name !== id,
    ),
    name: shortened(title),
    section: source.file,
    source,
    text: title,
    status,
    milestone: `Epic ${numbered.epic}`,
    writes: [],
    covers: [],
    labels: [],
  };
}

const STORY_ID: IdForm = {
  pattern: String.raw`\d{1,4}(?:\.\d{1,4}){1,2}(?:-p?\d{1,4})?[a-z]?|\d{1,4}-\d{1,4}[a-z]?`,
  ignoreCase: true,
};
const LABEL = /^\s{0,6}(?:[-*+]\s+)?[*_]{0,3}([\p{L} ]{3,40}?)[*_]{0,3}\s{0,3}[:：][*_]{0,3}\s*(.+)$/u;
/** Where what follows explains the ids before it. */
const CLAUSE = /\s[–—-]{1,2}\s|[;；。·]|\.\s/;
/** How far the others are. */
const STATE =
  /✅|☑️?|✔️?|(?<=\s)(?:(?:all|toutes|tous|must be)\s)?(?:done|completed?|finished|review|ready|terminées?|faites?|livrées?)(?=\s*(?:$|[,;+]))/giu;

/** `**Prerequisites:** Story 1.1` and `Depends on: 1.1, 1.2 (the list) - DONE`; sentences are reported. */
export function needsIn(text: string, from: WorkDraft, { at, desk }: { at: SourceSpan; desk: Desk }): EdgeDraft[] {
  const [, label = '', value = ''] = LABEL.exec(text.slice(0, 500)) ?? [];
  if (label === '' || !isNeed(label)) return [];
  const plain = plainText(value)
    .replace(/[（(][^()（）]{0,300}[)）]/g, ' ')
    .trim();
  if (/^(?:none|nothing|n\/a|-|—|无|無|なし|없음|aucune?|zéro|ninguna?|nenhuma?|keine?)(?![\p{L}])/iu.test(plain)) return [];
  const bare = (plain.split(CLAUSE, 1)[0] ?? '')
    .replace(/(?:\bepic \d{1,4} )?\b(?:stories|story)\b|故事|ストーリー|스토리/gi, ' ')
    .replace(STATE, ' ')
    .trim();
  if (!isIdList(bare, STORY_ID)) return reportProse(plain, { at, desk });
  return idsIn(bare, STORY_ID).map(({ id }) => {
    const printed = id.replace('-', '.');
    return { from: from.key, to: { printed, at }, kind: 'explicit', because: `depends on story ${printed}`, at };
  });
}

function isNeed(label: string): boolean {
  const words = normalWords(label);
  return /^(?:prerequisites?|blocked by)$/.test(words) || leadingKeyword(words, 'dependsOn') === words.length;
}

function reportProse(text: string, { at, desk }: { at: SourceSpan; desk: Desk }): EdgeDraft[] {
  if (!/\d/.test(text)) return [];
  const message = `\`${shortened(text)}\` is no list of stories; sentences make no dependencies.`;
  desk.diagnostics.report('SPEC_DEPENDENCY_PROSE', at, { message, hint: 'Write `Depends on: Story 1.1, Story 1.2`.' });
  return [];
}
