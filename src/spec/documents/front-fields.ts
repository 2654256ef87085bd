import { isMap, isScalar, isSeq, LineCounter, type YAMLMap } from 'yaml';

import { readYaml } from './read-yaml.ts';

import { messageOf } from '../../base/errors.ts';
import type { DiagnosticList } from '../diagnostic-list.ts';
import type { SourceSpan } from '../model.ts';
import { lineStart, lineText, type SourceText } from '../source-text.ts';

/** A scalar as it is written (`01` and `1.10` stay what they are), and where. */
export interface FrontText {
  text: string;
  at: SourceSpan;
}

/** One `key: value` of a front matter. */
export interface FrontField {
  at: SourceSpan;
  /** The value, if it is a single one. */
  text?: string;
  /** The values of a list; a single value is a list of one, a missing one none. */
  items: readonly FrontText[];
  /** The values below it, by key. */
  fields: ReadonlyMap<string, FrontField>;
}

/** Front matter of any keys, for the dialects that define their own. */
export interface FrontFields {
  /** Lines it takes, the marks included; 0 where there is none. */
  lineCount: number;
  fields: ReadonlyMap<string, FrontField>;
}

/** Deeper values are left out. */
const MAX_DEPTH = 8;
const NONE: ReadonlyMap<string, FrontField> = new Map();

/** Reads the YAML between `---` lines at the top of a file. What does not parse is read line by line, with a warning. */
export function readFrontFields(source: SourceText, diagnostics: DiagnosticList): FrontFields {
  const lineCount = frontLines(source);
  if (lineCount === 0) return { lineCount, fields: NONE };
  const text = quoted(source.text.slice(lineStart(source, 2), lineStart(source, lineCount)));
  const result = parsed(text, source);
  if ('fields' in result) return { lineCount, fields: result.fields };
  const message = `The front matter is not valid YAML (${result.fault}); its lines are read one by one.`;
  const at = { file: source.path, line: result.line, column: 1 };
  diagnostics.report('SPEC_FRONT_MATTER_LOOSE', at, {
    message,
    hint: 'Put quotes around values that hold `:`, `#`, `@` or brackets.',
  });
  return { lineCount, fields: fieldsByLine(source, lineCount) };
}

/** Line of the closing mark; 0 if the file does not begin with front matter. */
function frontLines(source: SourceText): number {
  if (source.lineCount === 0 || lineText(source, 1).trimEnd() !== '---') return 0;
  for (let line = 2; line <= source.lineCount; line++) {
    if (/^(?:---|\.\.\.)\s*$/.test(lineText(source, line))) return line;
  }
  return 0;
}

/** `assignee: @ann` and `- @ann` are no YAML, and written all the same; the quotes do not change how many lines there are. */
function quoted(text: string): string {
  return text.replace(/^([\t ]{0,40}(?:[\w-]{1,60}:|-)[\t ]{1,10})([@`%][^\n'"]*)$/gm, '$1"$2"');
}

function parsed(text: string, source: SourceText): { fields: ReadonlyMap<string, FrontField> } | { fault: string; line: number } {
  const lines = new LineCounter();
  try {
    const { contents, fault } = readYaml(text, { lines, uniqueKeys: false });
    if (fault !== undefined) return { fault: fault.message, line: lines.linePos(fault.offset).line + 1 };
    if (!isMap(contents)) return contents === null ? { fields: NONE } : { fault: 'it has no keys', line: 2 };
    return { fields: fieldsOf(contents, { source, lines, depth: 0 }) };
  } catch (error) {
    return { fault: messageOf(error), line: 2 };
  }
}

interface Where {
  source: SourceText;
  lines: LineCounter;
  depth: number;
}

function fieldsOf(map: YAMLMap, where: Where): ReadonlyMap<string, FrontField> {
  const fields = new Map<string, FrontField>();
  for (const { key, value } of map.items) {
    if (!isScalar(key)) continue;
    const at = spanOf(key.range?.[0] ?? 0, where);
    fields.set(String(key.value), fieldOf(value, at, { ...where, depth: where.depth + 1 }));
  }
  return fields;
}

function fieldOf(value: unknown, at: SourceSpan, where: Where): FrontField {
  if (where.depth > MAX_DEPTH) return { at, items: [], fields: NONE };
  if (isMap(value)) return { at, items: [], fields: fieldsOf(value, where) };
  const items = (isSeq(value) ? value.items : [value]).flatMap((each) => textOf(each, where) ?? []);
  const field: FrontField = { at, items, fields: NONE };
  const [only] = items;
  return isSeq(value) || only === undefined ? field : { ...field, text: only.text };
}

function textOf(value: unknown, where: Where): FrontText | undefined {
  if (!isScalar(value)) return undefined;
  const text = (typeof value.value === 'string' ? value.value : value.value === null ? '' : (value.source ?? '')).trim();
  return text === '' ? undefined : { text, at: spanOf(value.range?.[0] ?? 0, where) };
}

function spanOf(offset: number, { source, lines }: Where): SourceSpan {
  const { line, col } = lines.linePos(offset);
  return { file: source.path, line: line + 1, column: col, endLine: line + 1 };
}

const KEY_LINE = /^([\w-]{1,60})[\t ]*:(?:[\t ]+(.*))?$/;

/** What can be had of lines that are no YAML: `key: value`, `key: [a, b]` and bullets under a key. */
function fieldsByLine(source: SourceText, lineCount: number): ReadonlyMap<string, FrontField> {
  const fields = new Map<string, FrontField & { items: FrontText[] }>();
  let last: (FrontField & { items: FrontText[] }) | undefined;
  for (let line = 2; line < lineCount; line++) {
    const text = lineText(source, line);
    const at: SourceSpan = { file: source.path, line, column: 1, endLine: line };
    const key = KEY_LINE.exec(text);
    if (key !== null) {
      last = looseField(key[2] ?? '', at);
      if (!fields.has(key[1] ?? '')) fields.set(key[1] ?? '', last);
    } else {
      const item = /^\s{0,40}-\s+(.*)$/.exec(text)?.[1];
      if (item !== undefined && unquoted(item) !== '') last?.items.push({ text: unquoted(item), at });
    }
  }
  return fields;
}

function looseField(value: string, at: SourceSpan): FrontField & { items: FrontText[] } {
  const inner = /^\[(.*)\]\s*$/.exec(value.trim())?.[1];
  if (inner === undefined) {
    const text = unquoted(value);
    return text === '' ? { at, items: [], fields: NONE } : { at, text, items: [{ text, at }], fields: NONE };
  }
  const items = inner
    .split(',')
    .map(unquoted)
    .filter((each) => each !== '');
  return { at, items: items.map((text) => ({ text, at })), fields: NONE };
}

function unquoted(text: string): string {
  return text
    .trim()
    .replace(/^(['"])(.*)\1$/, '$2')
    .trim();
}
