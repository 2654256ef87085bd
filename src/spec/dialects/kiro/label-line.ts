import { FOREIGN } from './foreign.ts';
import { KEYWORDS, leadingKeyword, normalWords, says } from '../../work/keywords.ts';
import { type IdForm, isIdList } from '../../work/id-lists.ts';

/** `_Requirements: 1.1, 1.2_` and its like: a line under a task that says what it has to do with. */
export interface LabelLine {
  kind: 'requirements' | 'depends' | 'boundary' | 'files' | 'property';
  /** What stands after the colon, without emphasis and notes in parentheses. */
  value: string;
  /** Written in a way that means ids and nothing else (`_Depends:`). */
  strict: boolean;
}

/** `1`, `1.2`, `R1`, `US-1`, `FR-001`, `NFR-2.1`. */
export const REQUIREMENT_ID: IdForm = { pattern: String.raw`(?:[A-Z]{1,4}-?)?\d{1,4}(?:\.\d{1,4}){0,3}[a-z]?` };
/** `1`, `1.2`, `0.V`, `T4`, `A.1`, `CORE-2`. */
export const TASK_ID: IdForm = {
  pattern: String.raw`(?:[A-Z]{1,4}-?|[A-Z]{5,12}-|[A-Z]{1,8}\.)?\d{1,4}(?:\.(?:\d{1,4}|[A-Z]\d{0,2}|[a-z])){0,4}[a-z]?`,
};

const LABELLED =
  /^(?:[-*+]\s{1,4})?([*_]{0,3})\s{0,3}([\p{L}][\p{L}\p{M}\p{N} /-]{0,40}?)[*_]{0,3}\s{0,3}[:：]\s{0,4}([*_]{0,3}.*)$/u;
const UNMARKED = /^(?:[-*+]\s{1,4})?_{1,2}(Requirements?|Depends(?: on)?)\s{1,4}(\d.*)$/i;
const COVERS =
  /^(?:reqs?|req\.|validates|validate|covers|implements|satisfies|traceability|doğrular|requisiti|persyaratan|kebutuhan|yêu cầu|wymagania|vereisten|krav|požadavky|cerințe)$/;
const FOREIGN_DEPENDS = /^(?:завис|залеж|يعتمد|تعتمد|الاعتماد|תלוי)/u;
const DEPENDS = /^(?:depends|depends on|dependency|dependencies)$/;
const BOUNDARY = /^(?:boundary|boundaries|境界|边界|邊界|경계)$/;
const FILES = /^(?:files?|paths?|ファイル|文件|파일)$/;
const PROPERTY =
  /^(?:correctness )?(?:property|properties|özellik|プロパティ|属性|屬性|속성|eigenschaft|свойство)\s*(\d{1,4}[a-z]?)$/;

export function labelLine(text: string): LabelLine | undefined {
  const match = LABELLED.exec(text.slice(0, 2000));
  const plain = match === null ? UNMARKED.exec(text.slice(0, 2000)) : null;
  const label = match?.[2] ?? plain?.[1];
  if (label === undefined) return undefined;
  const words = normalWords(label);
  const property = PROPERTY.exec(words)?.[1];
  if (property !== undefined) return { kind: 'property', value: property, strict: false };
  const mark = match?.[1] ?? '_';
  const value = valueOf(match?.[3] ?? plain?.[2] ?? '');
  const kind = kindOf(words) ?? (mark.startsWith('_') ? foreignKind(words, value) : undefined);
  return kind === undefined ? undefined : { kind, value, strict: mark !== '' || kind === 'requirements' };
}

/** `_Требования: 1.1, 1.2_`: in italics, what ids stand after are requirements, unless it is known to speak of dependencies. */
function foreignKind(words: string, value: string): LabelLine['kind'] | undefined {
  if (!FOREIGN.test(words) || !isIdList(value, REQUIREMENT_ID)) return undefined;
  return FOREIGN_DEPENDS.test(words) ? 'depends' : 'requirements';
}

function kindOf(words: string): LabelLine['kind'] | undefined {
  if (COVERS.test(words) || (words.split(' ').length <= 2 && says(words, 'requirement'))) return 'requirements';
  if (DEPENDS.test(words) || (words !== '' && leadingKeyword(words, 'dependsOn') === words.length)) return 'depends';
  if (BOUNDARY.test(words)) return 'boundary';
  return FILES.test(words) ? 'files' : undefined;
}

function valueOf(text: string): string {
  return text
    .replace(/[(（][^()（）]{0,300}[)）]/g, ' ')
    .replace(/[✅✔☑⏳]\u{FE0F}?/gu, ' ')
    .replace(/^[\s*_]+|[\s*_.。]+$/g, '')
    .replace(LEADING_WORD, '');
}

/** `Requirements` before `1.1` and `Req` before `2.3`. */
const LEADING_WORD = new RegExp(
  String.raw`(?<![\p{L}\p{N}])(?:${KEYWORDS.requirement.join('|')}|req)(?:s|ler|en|es)?\.?\s{0,3}[:：]?\s{0,3}(?=(?:[a-z]{1,4}-?)?\d)`,
  'giu',
);
