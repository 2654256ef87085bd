import { KEYWORDS, leadingKeyword, normalWords } from '../../work/keywords.ts';

/** A heading or a bullet that begins a requirement. */
export interface RequirementHead {
  /** As printed, without a word such as `Requirement`: `1`, `R1`, `US-1`, `NFR-2`. */
  id: string;
  /** What its criteria are numbered by, and tasks call it as well. */
  number: string;
  title: string;
  kind: 'functional' | 'quality' | 'success' | 'story';
  /** Named by a word of no table, so that what stands under it shows by its form only. */
  isForeign: boolean;
}

const WORDS = [...KEYWORDS.requirement, ...KEYWORDS.story].toSorted((a, b) => b.length - a.length).join('|');
const END = String.raw`(?=$|[\s.:：、．。)）\]—–-])[\s.:：、．。)）\]—–-]{0,6}`;
/** `Requirement 1: Title`, `需求 1`, `Anforderung 2.1 – Titel`, `User Story 3`; in some languages the number goes first. */
const WORDED = new RegExp(
  String.raw`^\[?(?:(?:non-?)?functional\s+)?(?:${WORDS})s?\s{0,3}#?(?<id>(?:[A-Z]{1,4}-?)?\d{1,4}(?:\.\d{1,4}){0,2}[a-z]?)${END}(?<title>.*)$`,
  'iu',
);
const LETTERED = new RegExp(
  String.raw`^\[?(?<id>(?<letters>R|REQ|US|FR|NFR|NF|SC|BR|SEC|PERF|UR|SR|F|G)[-_ ]?(?<number>\d{1,4}(?:\.\d{1,4}){0,2}))${END}(?<title>.*)$`,
  'u',
);
const NUMBERED = new RegExp(String.raw`^(?<id>\d{1,3}(?:\.\d{1,3}){0,2})${END}(?<title>\S.*)$`, 'u');

/** `Derived Requirement 2`, which tasks call `DR2`; a functional one is just a requirement. */
const QUALIFIED = new RegExp(
  String.raw`^(?<id>(?<words>(?!Functional\b)(?:[A-Z][a-z]{1,20}[ -]){1,3})Requirement\s{0,3}#?(?<number>\d{1,4}))${END}(?<title>.*)$`,
  'u',
);

/** `bare`: in a section of requirements a number is enough. */
export function requirementHead(text: string, { bare }: { bare: boolean }): RequirementHead | undefined {
  const plain = text
    .slice(0, 2000)
    .normalize('NFKC')
    .replace(/^[*_`\s]+/, '');
  const qualified = QUALIFIED.exec(plain)?.groups;
  if (qualified !== undefined) return initialled(qualified);
  const worded = WORDED.exec(plain)?.groups;
  if (worded !== undefined) return headOf(worded['id'] ?? '', worded['title'] ?? '', saysStory(plain) ? 'story' : 'functional');
  const lettered = LETTERED.exec(plain)?.groups;
  if (lettered !== undefined)
    return headOf((lettered['id'] ?? '').replace(/\s/g, ''), lettered['title'] ?? '', kindOf(lettered['letters'] ?? ''));
  const numbered = bare ? NUMBERED.exec(plain)?.groups : undefined;
  return numbered === undefined ? undefined : headOf(numbered['id'] ?? '', numbered['title'] ?? '', 'functional');
}

function initialled({ id = '', words = '', number = '', title = '' }: Record<string, string>): RequirementHead {
  const letters = `${words.replace(/[^A-Z]/g, '')}R`;
  return { ...headOf(id, title, kindOf(letters)), number: letters + number };
}

/** Letters that only say that it is a requirement; others are part of its number. */
const PLAIN_LETTERS = /^(?:R|REQ|US|FR|F|UR|SR)?[-_ ]?(\d[\d.]{0,14}[a-z]?)$/i;

export function headOf(id: string, title: string, kind: RequirementHead['kind']): RequirementHead {
  const number = PLAIN_LETTERS.exec(id)?.[1]?.replace(/^0+(?=\d)/, '') ?? id;
  return { id, number, title: title.replace(/^[*_]+|[*_]+$/g, '').trim(), kind, isForeign: false };
}

function kindOf(letters: string): RequirementHead['kind'] {
  if (letters.startsWith('N') || letters === 'SEC' || letters === 'PERF') return 'quality';
  if (letters === 'SC') return 'success';
  return letters === 'US' ? 'story' : 'functional';
}

function saysStory(text: string): boolean {
  return leadingKeyword(normalWords(text.slice(0, 80)), 'story') > 0;
}

/** `R1` is called `1` as well, and `1` `R1`. */
export function aliasesOf({ id, number }: RequirementHead): string[] {
  if (id === number && /^\d/.test(id)) return [`R${id}`, `Requirement ${id}`, `REQ-${id}`];
  const hyphened = number.replace(/^([A-Z]+)(?=\d)/, '$1-');
  return id === number ? [] : [...new Set([number, id.replace(/[-_]/g, ''), hyphened])];
}
