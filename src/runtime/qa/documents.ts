import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { messageOf } from '../../base/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import { newAjv, newAjvDraft07 } from '../../base/schema.ts';
import type { Finding } from './report.ts';

const require = createRequire(import.meta.url);

/** Faults reported of one document: the first few name the mistake, the rest follow from it. */
const MAX_FAULTS = 5;

/**
 * Holds the documents of a checked-out product against their official schemas: `*.schema.json` against the meta-schema of JSON Schema 2020-12
 * (references between them included), `*.openapi.json` against OpenAPI 3.1, `*.asyncapi.json` against AsyncAPI 3. Loads ajv and the
 * schemas, and compiles every document: for a process of its own (`documents-entry.ts`).
 */
export function checkDocuments(paths: readonly string[], product: string): Finding[] {
  const findings: Finding[] = [];
  const load = (suffix: string) => paths.flatMap((path) => (path.endsWith(suffix) ? parse(path, product, findings) : []));
  findings.push(...checkSchemas(load('.schema.json')));
  findings.push(...load('.openapi.json').flatMap((document) => checkAgainst(document, openApiCheck())));
  findings.push(...load('.asyncapi.json').flatMap((document) => checkAgainst(document, asyncApiCheck(document.value.asyncapi))));
  return findings;
}

interface Document {
  path: string;
  value: JsonObject;
}

type DocumentCheck = (value: JsonObject) => { path: string; message: string }[];

function parse(path: string, product: string, findings: Finding[]): Document[] {
  try {
    const value = JSON.parse(readFileSync(join(product, path), 'utf8')) as JsonValue;
    if (isJsonObject(value)) return [{ path, value }];
    findings.push(fault(path, 'is no JSON object'));
  } catch (error) {
    findings.push(fault(path, `is no JSON: ${messageOf(error)}`));
  }
  return [];
}

/** All are known to one another by `$id`, as they are to a user of the product. */
function checkSchemas(documents: readonly Document[]): Finding[] {
  const ajv = newAjv();
  // `addSchema` throws what the meta-schema says, `getSchema` an unresolved reference.
  const added = documents.map((document) => ({
    document,
    findings: attempt(document, () => ajv.addSchema(document.value, idOf(document))),
  }));
  return added.flatMap(({ document, findings }) =>
    findings.length > 0 ? findings : attempt(document, () => ajv.getSchema(idOf(document))),
  );
}

function idOf({ path, value }: Document): string {
  return typeof value.$id === 'string' ? value.$id : `file:///${path}`;
}

function attempt({ path }: Document, step: () => unknown): Finding[] {
  try {
    step();
    return [];
  } catch (error) {
    return [fault(path, messageOf(error))];
  }
}

function checkAgainst({ path, value }: Document, check: DocumentCheck): Finding[] {
  const deepest = check(value).sort((a, b) => b.path.length - a.path.length);
  const faults = deepest
    .slice(0, MAX_FAULTS)
    .map(({ path: at, message }) => fault(path, `${at === '' ? 'the document' : at} ${message}`));
  return [...faults, ...danglingReferences(value).map((reference) => fault(path, `$ref ${reference} leads nowhere`))];
}

let openApi: DocumentCheck | undefined;
const asyncApi = new Map<string, DocumentCheck>();

/** The official schema leaves the dialect of Schema Objects open; OpenAPI 3.1 says what it is by default, and that is filled in here. */
function openApiCheck(): DocumentCheck {
  if (openApi !== undefined) return openApi;
  const official = require('@seriousme/openapi-schema-validator/schemas/v3.1/schema.json') as { $defs: JsonObject };
  const bound = { ...official, $defs: { ...official.$defs, schema: { $ref: 'https://json-schema.org/draft/2020-12/schema' } } };
  openApi = faultsOf(newAjv().addFormat('media-range', true).compile(bound));
  return openApi;
}

function asyncApiCheck(version: JsonValue | undefined): DocumentCheck {
  if (version !== '3.0.0' && version !== '3.1.0') return () => [{ path: '/asyncapi', message: 'must be 3.0.0 or 3.1.0' }];
  const known = asyncApi.get(version);
  if (known !== undefined) return known;
  const official = require(`@asyncapi/specs/schemas/${version}-without-$id.json`) as JsonObject;
  const check = faultsOf(newAjvDraft07().compile(official));
  asyncApi.set(version, check);
  return check;
}

interface Validate {
  (value: unknown): boolean | Promise<unknown>;
  errors?: { instancePath: string; message?: string; keyword: string; params: Record<string, unknown> }[] | null;
}

function faultsOf(validate: Validate): DocumentCheck {
  return (value) => {
    if (validate(value) === true) return [];
    return (validate.errors ?? []).map(({ instancePath, message, keyword, params }) => ({
      path: instancePath,
      message: `${message ?? keyword} ${JSON.stringify(params)}`,
    }));
  };
}

/** Local references (`#/…`) whose target does not exist. */
function danglingReferences(document: JsonObject): string[] {
  return [...new Set(referencesIn(document))].filter((reference) => reference.startsWith('#/') && !resolves(document, reference));
}

function referencesIn(value: JsonValue | undefined): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = isJsonObject(value) && typeof value.$ref === 'string' ? [value.$ref] : [];
  return [...own, ...Object.values(value).flatMap(referencesIn)];
}

function resolves(document: JsonObject, reference: string): boolean {
  let at: JsonValue | undefined = document;
  for (const token of reference.slice(2).split('/')) {
    const key = decodeURIComponent(token).replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return false;
    at = (at as Record<string, JsonValue | undefined>)[key];
  }
  return true;
}

function fault(path: string, message: string): Finding {
  return { code: 'QA_DOCUMENT', path, message };
}
