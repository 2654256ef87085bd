import { messageOf } from '../../base/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import type { Desk, Draft } from '../dialect.ts';
import type { LineAccount } from '../line-account.ts';
import type { SourceSpan } from '../model.ts';
import { isBlankLine, placeAt } from '../source-text.ts';
import { readAsyncApi } from './async-api.ts';
import { readJsonSchema } from './json-schema.ts';
import { readOpenApi } from './open-api.ts';
import { readYaml } from './read-yaml.ts';
import { readProto } from './proto/read-proto.ts';

/** Deeper documents are refused: everything that walks a schema may then recurse. */
const MAX_DEPTH = 64;

/**
 * Reads a JSON, YAML or `.proto` file of the bundle: a JSON Schema is a contract; an OpenAPI or AsyncAPI document and a `.proto`
 * file are components with contracts. One that does not parse is an error where it would be one of these, or where every file is `wanted`;
 * settings and notes beside the tasks of a dialect may be written as they like.
 */
export function readDocument(account: LineAccount, desk: Desk, { wanted = false } = {}): Draft[] {
  const { path, lineCount } = account.source;
  if (lineCount === 0) return [];
  if (/\.jsonl$/i.test(path)) return ignoreLines(account, desk);
  if (/\.proto$/i.test(path)) return readProto(account, desk);
  const value = parseValue(account, desk, wanted);
  if (value === undefined) return [];
  const span: SourceSpan = { file: path, line: 1, column: 1, endLine: lineCount };
  const drafts = draftsOf(value, span, desk);
  if (drafts === undefined) ignore(account, desk);
  else account.mark(span, 'document', drafts.length === 1 ? drafts[0]?.id : undefined);
  return drafts ?? [];
}

function draftsOf(value: JsonObject, span: SourceSpan, desk: Desk): Draft[] | undefined {
  if (typeof value['openapi'] === 'string') return readOpenApi(value, span, desk.diagnostics);
  if (typeof value['asyncapi'] === 'string') return readAsyncApi(value, span, desk.diagnostics);
  return namesMetaSchema(value['$schema']) || SCHEMA_FILE.test(span.file) ? [readJsonSchema(value, span)] : undefined;
}

const SCHEMA_FILE = /\.schema\.(?:json|ya?ml)$/i;

/** Settings name by `$schema` what they are written after: `https://json.schemastore.org/tsconfig`, `./node_modules/nx/schema.json`. */
function namesMetaSchema(uri: JsonValue | undefined): boolean {
  return typeof uri === 'string' && !/\.json#?$|^https?:\/\/(?:[\w-]{1,63}\.){0,4}schemastore\./i.test(uri);
}

/** Whether a text that does not parse would be a contract, an API or the like. */
function speaksOfContracts({ path, text }: LineAccount['source']): boolean {
  if (SCHEMA_FILE.test(path) || /^\s{0,40}["']?(?:openapi|asyncapi)["']?\s{0,9}:/m.test(text)) return true;
  return namesMetaSchema(/^\s{0,40}\{?\s{0,40}["']?\$schema["']?\s{0,9}:\s{0,9}["']?([^\s"',]{1,300})/m.exec(text)?.[1]);
}

/** A file of many JSON values is a matter of dialects. */
function ignoreLines(account: LineAccount, desk: Desk): Draft[] {
  ignore(account, desk);
  return [];
}

/** Said of the first line that is not blank; all from there on is one stretch that is not understood. */
function ignore(account: LineAccount, desk: Desk): void {
  const { source } = account;
  let line = 1;
  while (line < source.lineCount && isBlankLine(source, line)) line += 1;
  account.refuse({ line, endLine: source.lineCount });
  const message = `${source.path} is neither a JSON Schema nor an OpenAPI or AsyncAPI document, and is not read.`;
  const hint =
    'A schema has `$schema`, or a name that ends in `.schema.json`; an OpenAPI document has `openapi`, an AsyncAPI document `asyncapi`.';
  desk.diagnostics.report('SPEC_DOCUMENT_IGNORED', { file: source.path, line, column: 1 }, { message, hint });
}

/** The document as a JSON object; undefined if it is none, which has then been reported. */
function parseValue(account: LineAccount, desk: Desk, wanted: boolean): JsonObject | undefined {
  const { path } = account.source;
  const parsed = /\.json$/i.test(path) ? parseJson(account) : parseYaml(account);
  if ('value' in parsed && isJsonObject(parsed.value) && depthOf(parsed.value) <= MAX_DEPTH) return parsed.value;
  const fault =
    'fault' in parsed
      ? parsed
      : { fault: isJsonObject(parsed.value) ? `It is nested more than ${MAX_DEPTH} levels deep.` : undefined, offset: 0 };
  if (fault.fault === undefined || !(wanted || speaksOfContracts(account.source))) {
    ignore(account, desk);
    return undefined;
  }
  account.mark({ line: 1, endLine: account.source.lineCount }, 'document');
  desk.diagnostics.report('SPEC_DOCUMENT_INVALID', placeAt(account.source, fault.offset), {
    message: `${path}: ${fault.fault}`,
    hint: 'Correct it, or take it out of the bundle.',
  });
  return undefined;
}

type Parsed = { value: JsonValue } | { fault: string; offset: number };

function parseJson({ source }: LineAccount): Parsed {
  try {
    const value: JsonValue = JSON.parse(source.text);
    return { value };
  } catch (error) {
    const position = /position (\d+)/.exec(messageOf(error))?.[1];
    return { fault: messageOf(error), offset: Number(position ?? source.text.length) };
  }
}

function parseYaml({ source }: LineAccount): Parsed {
  try {
    const { document, fault } = readYaml(source.text);
    if (fault !== undefined) return { fault: fault.message, offset: fault.offset };
    // Through JSON text: dates, maps and the like become what a JSON reader would see.
    const value: JsonValue = JSON.parse(JSON.stringify(document.toJS({ maxAliasCount: 100 })) ?? 'null');
    return { value };
  } catch (error) {
    return { fault: messageOf(error), offset: 0 };
  }
}

/** Depth of nesting, counted without recursion and no further than it matters. */
function depthOf(value: JsonValue): number {
  let depth = 0;
  for (let level: JsonValue[] = [value]; level.length > 0 && depth <= MAX_DEPTH; depth++) {
    level = level.flatMap((each): JsonValue[] =>
      Array.isArray(each) ? [...each] : isJsonObject(each) ? definedValues(each) : [],
    );
  }
  return depth;
}

function definedValues(object: JsonObject): JsonValue[] {
  return Object.values(object).filter((each) => each !== undefined);
}
