import type { Desk } from '../../dialect.ts';
import type { LineAccount } from '../../line-account.ts';
import { plainText } from '../../markdown/passage.ts';
import { shortened } from '../../shortened.ts';
import { type BoxLine, boxLines, partStatus } from '../../work/box-lines.ts';
import { idsIn, type IdForm } from '../../work/id-lists.ts';
import { leadingKeyword, marksOptional, normalWords, says } from '../../work/keywords.ts';
import { PLAIN_WORK, type Reference, type RequirementDraft, type WorkDraft } from '../../work/work-draft.ts';

interface Parts {
  tasks: WorkDraft[];
  criteria: RequirementDraft[];
}

const AC_NUMBER: IdForm = { pattern: String.raw`\d{1,3}(?:\.\d{1,3}){0,3}[a-z]?` };
/** `(AC: #1, #3)`, `(AC #1-#3)`, `(ACs: all)`. */
const COVERS = /[(（[]\s{0,3}ACs?(?![\p{L}])\s{0,3}[:：#-]?([^()（）[\]]{0,200})[)）\]]/giu;
const NUMBER = /^\s{0,3}(\d{1,4}(?:\.\d{1,4}){0,3}[a-z]?)(?![\d.]\d)\s*[:：.)–—-]?\s+(.*)$/is;

/** The checkboxes of a story: its tasks and their parts; under the criteria and lists of what is done, criteria. */
export function storyBoxes(
  story: WorkDraft,
  account: LineAccount,
  { desk, criteria }: { desk: Desk; criteria: readonly RequirementDraft[] },
): Parts {
  const found: Parts = { tasks: [], criteria: [] };
  const open: { indent: number; task: WorkDraft }[] = [];
  const known = new Map(criteria.map((criterion) => [criterion.source.line, criterion]));
  for (const box of boxLines(account, desk)) {
    if (box.headings.some(isCriteriaHeading)) {
      account.settleCheckbox(box.line, 'criterion');
      const own = known.get(box.line);
      if (own === undefined) found.criteria.push(criterionOf(box, story, account));
      else if (box.box !== undefined) own.box = box.box;
      continue;
    }
    account.settleCheckbox(box.line, 'subTask');
    while ((open.at(-1)?.indent ?? -1) >= box.indent) open.pop();
    const task = taskOf(box, { story, parent: open.at(-1)?.task ?? story, criteria });
    account.mark(box, 'element', task.key);
    found.tasks.push(task);
    open.push({ indent: box.indent, task });
  }
  return found;
}

function isCriteriaHeading(heading: string): boolean {
  return says(heading, 'acceptance') && !says(heading, 'task');
}

function criterionOf(box: BoxLine, story: WorkDraft, account: LineAccount): RequirementDraft {
  const draft: RequirementDraft = { kind: 'requirement', requirementKind: 'acceptance', ...common(box, story, box.text) };
  account.mark(box, 'element', draft.key);
  return draft;
}

function common(
  box: BoxLine,
  story: WorkDraft,
  text: string,
): Pick<WorkDraft, 'key' | 'scope' | 'name' | 'section' | 'source' | 'text' | 'parent' | 'box'> {
  const { file } = story.source;
  const base = {
    key: `${file}:${box.line}`,
    scope: story.sourceId ?? file,
    name: shortened(text === '' ? box.text : text),
    section: box.headings.at(-1) ?? story.name,
    source: { file, line: box.line, column: 1, endLine: box.endLine },
    text,
    parent: story.key,
  };
  return box.box === undefined ? base : { ...base, box: box.box };
}

interface Around {
  story: WorkDraft;
  parent: WorkDraft;
  criteria: readonly RequirementDraft[];
}

function taskOf(box: BoxLine, { story, parent, criteria }: Around): WorkDraft {
  const plain = plainText(box.text);
  const words = plain.replace(COVERS, ' ').replace(/\s+/g, ' ').trim();
  const { id, text } = numbered(words);
  const draft: WorkDraft = {
    ...PLAIN_WORK,
    ...common(box, story, text),
    status: partStatus(box.status, parent.status),
    optional: box.optional || marksOptional(words),
    covers: coversIn(plain, { story, criteria, line: box.line }),
    writes: [],
    labels: [],
    parent: parent.key,
  };
  if (id !== undefined) {
    draft.sourceId = id;
    draft.aliases = [id.replace(/^\D+/, '')].filter((name) => name !== id && name !== '');
  }
  if (story.milestone !== undefined) draft.milestone = story.milestone;
  return draft;
}

/** `T1. text`, `Task 1: text`, `Subtask 1.1 text`, `1.1 text`. */
function numbered(words: string): { id?: string; text: string } {
  const short = /^(T\d{1,4}(?:\.\d{1,4}){0,3}[a-z]?)(?![\p{L}\p{N}])[\s.:：)–—-]*(.*)$/su.exec(words);
  if (short?.[1] !== undefined) return { id: short[1], text: (short[2] ?? '').trim() || words };
  const normal = normalWords(words);
  const sub = /^sub[- ]?/.exec(normal)?.[0].length ?? 0;
  const keyword = leadingKeyword(normal.slice(sub), 'task');
  const length = keyword === 0 ? 0 : sub + keyword;
  const parts = NUMBER.exec(`${words.slice(length)} `);
  if (parts === null || (length === 0 && !/^\d{1,4}(?:\.\d|[.):：])/.test(words))) return { text: words };
  const id = `${words.slice(0, length)}${length > 0 ? ' ' : ''}${parts[1] ?? ''}`;
  const text = (parts[2] ?? '').trim();
  return { id, text: text === '' ? words : text };
}

function coversIn(
  text: string,
  { story, criteria, line }: { story: WorkDraft; criteria: readonly RequirementDraft[]; line: number },
): Reference[] {
  const byNumber = new Map(
    criteria.flatMap(({ sourceId, key }) =>
      sourceId === undefined ? [] : [[sourceId.replace(/^AC/i, '').toLowerCase(), key] as const],
    ),
  );
  const at = { file: story.source.file, line, column: 1, endLine: line };
  const found = [...text.matchAll(COVERS)].flatMap(([, list = '']): Reference[] => {
    if (/^\s*(?:all|全部|すべて|全て|모두|todos|tous|alle|tümü)\b/iu.test(list)) return criteria.map(({ key }) => ({ key }));
    const ids = idsIn(list.replace(/ACs?|#/gi, ' '), AC_NUMBER);
    return ids.map(({ id }) => {
      const key = byNumber.get(id.toLowerCase());
      return key === undefined ? { printed: `AC${id}`, at } : { key };
    });
  });
  return found;
}
