import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'vitest';

import { newAjv } from '../../src/base/schema.ts';

const SCHEMAS = join(import.meta.dirname, '..', '..', 'schemas', 'cli');

interface Schema {
  $id: string;
  title: string;
  [keyword: string]: unknown;
}

const ajv = newAjv();
const idOf = new Map<string, string>();
for (const name of readdirSync(SCHEMAS)) {
  const schema = closed(JSON.parse(readFileSync(join(SCHEMAS, name), 'utf8'))) as Schema;
  ajv.addSchema(schema);
  idOf.set(schema.title, schema.$id);
}

/** Every JSON document or CloudEvent in an output must meet the schema of its kind, and print no field that the schema does not tell of. */
export function checkDocuments(stdout: string): void {
  for (const document of documentsIn(stdout)) checkDocument(document);
}

export function checkDocument(document: { kind: string }): void {
  const id = idOf.get(document.kind);
  expect(id, `a schema for ${document.kind}`).toBeDefined();
  const valid = ajv.validate(id ?? '', document);
  expect(valid ? [] : ajv.errors, `${document.kind} against its schema`).toEqual([]);
}

function documentsIn(stdout: string): { kind: string }[] {
  if (stdout.startsWith('{\n')) return [JSON.parse(stdout)].filter(isDocument);
  const events = stdout.split('\n').filter((line) => line.startsWith('{"specversion"'));
  return events.map((line) => checkEvent(JSON.parse(line)).data).filter(isDocument);
}

function isDocument(value: unknown): value is { kind: string } {
  return typeof value === 'object' && value !== null && 'apiVersion' in value;
}

/** Required attributes of CloudEvents 1.0. */
function checkEvent(event: { data: unknown }): { data: unknown } {
  expect(event).toMatchObject({
    specversion: '1.0',
    id: expect.stringMatching(/./),
    source: expect.stringMatching(/^\//),
    type: expect.stringMatching(/^dev\.agentnexus\./),
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  });
  return event;
}

/** Readers must bear more fields; a test must not, or a field could be forgotten in the schema. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const members = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  return 'required' in members && 'properties' in members ? { additionalProperties: false, ...members } : members;
}
