import { isMap, isScalar, LineCounter } from 'yaml';

import { readYaml } from './read-yaml.ts';

import { messageOf } from '../../base/errors.ts';
import type { DiagnosticList } from '../diagnostic-list.ts';
import { NearestName, didYouMean } from '../nearest-name.ts';
import { lineStart, lineText, type SourceText } from '../source-text.ts';

/** What the YAML between `---` lines at the top of a file says. */
export interface FrontMatter {
  /** Lines it takes, the marks included; 0 where there is none. */
  lineCount: number;
  title?: string;
  id?: string;
  version?: string;
  schemaBase?: string;
  outsideParties: string[];
}

const TEXT_KEYS = { title: 'title', name: 'title', id: 'id', version: 'version', schemaBase: 'schemaBase' } as const;
const LIST_KEY = 'outsideParties';
/** Keys that say nothing of what is to be built. */
const SILENT_KEYS = new Set(['description', 'author', 'authors', 'date', 'status', 'tags', 'dialect', 'license']);
const nearestKey = new NearestName(() => [...Object.keys(TEXT_KEYS), LIST_KEY, ...SILENT_KEYS]);

/** Reads a file's front matter, if it begins with any. */
export function readFrontMatter(source: SourceText, diagnostics: DiagnosticList): FrontMatter {
  const end = endLine(source);
  const found: FrontMatter = { lineCount: end, outsideParties: [] };
  if (end === 0) return found;
  const text = source.text.slice(lineStart(source, 2), lineStart(source, end));
  try {
    readFields(text, { found, source, diagnostics });
  } catch (error) {
    invalid({ found, source, diagnostics }, { line: 2, column: 1 }, messageOf(error));
  }
  return found;
}

/** Line of the closing mark; 0 if the file does not begin with front matter. */
function endLine(source: SourceText): number {
  if (source.lineCount === 0 || lineText(source, 1).trimEnd() !== '---') return 0;
  for (let line = 2; line <= source.lineCount; line++) {
    const text = lineText(source, line).trimEnd();
    if (text === '---' || text === '...') return line;
  }
  return 0;
}

interface Reading {
  found: FrontMatter;
  source: SourceText;
  diagnostics: DiagnosticList;
}

function readFields(text: string, reading: Reading): void {
  const lines = new LineCounter();
  const { contents, fault } = readYaml(text, { lines });
  if (fault !== undefined) {
    const at = lines.linePos(fault.offset);
    return invalid(reading, { line: at.line + 1, column: at.col }, fault.message);
  }
  if (contents === null) return;
  if (!isMap(contents)) return invalid(reading, { line: 2, column: 1 }, 'it is not a list of `key: value` lines.');
  for (const { key, value } of contents.items) {
    if (!isScalar(key)) continue;
    const at = lines.linePos(key.range?.[0] ?? 0);
    readKey({ key: String(key.value), value, line: at.line + 1, column: at.col }, reading);
  }
}

function readKey(
  entry: { key: string; value: unknown; line: number; column: number },
  { found, source, diagnostics }: Reading,
): void {
  const { key, value, line, column } = entry;
  if (SILENT_KEYS.has(key)) return;
  const at = { file: source.path, line, column };
  if (key === LIST_KEY) {
    const names = namesIn(value);
    if (names !== undefined) found.outsideParties = names;
    else
      diagnostics.report('SPEC_FRONT_MATTER_KEY', at, {
        message: `\`${key}\` is not a list of names.`,
        hint: `Write \`${key}: [Audit Service, Trusted CLI]\`.`,
      });
    return;
  }
  const text = textOf(value);
  const field = Object.entries(TEXT_KEYS).find(([name]) => name === key)?.[1];
  if (field === undefined) {
    const hint = `${didYouMean(nearestKey.nearest(key))}Known keys are ${[...Object.keys(TEXT_KEYS), LIST_KEY].join(', ')}.`;
    diagnostics.report('SPEC_FRONT_MATTER_KEY', at, { message: `The front matter key \`${key}\` is not known.`, hint });
  } else if (text === undefined) {
    diagnostics.report('SPEC_FRONT_MATTER_KEY', at, {
      message: `\`${key}\` is not a text.`,
      hint: `Write \`${key}: some text\`.`,
    });
  } else if (field !== 'schemaBase') found[field] ??= text;
  else if (/^https?:\/\/[^\s?#]+$/.test(text)) found.schemaBase ??= text.endsWith('/') ? text : `${text}/`;
  else
    diagnostics.report('SPEC_FRONT_MATTER_KEY', at, {
      message: `\`${key}\` is not a web address.`,
      hint: `Write \`${key}: https://example.com/schemas/\`.`,
    });
}

/** A scalar as it is written: `version: 1.10` is not the number 1.1. */
function textOf(value: unknown): string | undefined {
  if (!isScalar(value)) return undefined;
  const text = typeof value.value === 'string' ? value.value : (value.source ?? '');
  return text.trim() === '' ? undefined : text.trim();
}

function namesIn(value: unknown): string[] | undefined {
  if (typeof value !== 'object' || value === null || !('items' in value) || !Array.isArray(value.items)) return undefined;
  const names = value.items.map(textOf);
  return names.every((name) => name !== undefined) ? names : undefined;
}

function invalid({ source, diagnostics }: Reading, at: { line: number; column: number }, reason: string): void {
  const message = `The front matter is not valid YAML: ${reason}`;
  diagnostics.report(
    'SPEC_FRONT_MATTER_INVALID',
    { file: source.path, ...at },
    { message, hint: 'Correct it, or remove the lines between the `---` marks.' },
  );
}
