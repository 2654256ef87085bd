import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { JsonObject, JsonValue } from '../../base/json.ts';
import { PRODUCT_VERSION } from '../../base/version.ts';
import { CONTRACTS, inputSchema } from '../app/operation-contracts.ts';
import type { OperationName } from '../app/operations.ts';
import { inPath, json, orBatch, otherPaths, PROBLEMS } from './open-api-others.ts';
import { type Route, ROUTES } from './routes.ts';
import { WORK_PATHS } from './worker/open-api-work.ts';

let made: { root: string; text: JsonObject } | undefined;

/** OpenAPI 3.1 of the control plane, made from the table of routes and the published schemas in `root`. */
export function openApi(root: string): JsonObject {
  if (made?.root !== root) made = { root, text: build(root) };
  return made.text;
}

function build(root: string): JsonObject {
  const paths: Record<string, JsonObject> = {};
  for (const route of ROUTES) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'AgentNexus control plane', version: PRODUCT_VERSION },
    security: [{ bearer: [] }],
    paths: merged(paths, { ...otherPaths(reference), ...WORK_PATHS }),
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } }, schemas: schemas(root) },
  };
}

/** One address may have an operation by each method. */
function merged(paths: Readonly<Record<string, JsonObject>>, others: JsonObject): JsonObject {
  const both = Object.entries(others).map(([path, item]) => [path, { ...paths[path], ...(item as JsonObject) }] as const);
  return { ...paths, ...Object.fromEntries(both) };
}

function operation(row: Route): JsonObject {
  const { path, method, operation: name, summary, query = [], isBare = false, isRead = false, isMaking = false } = row;
  const { scope, output } = CONTRACTS[name];
  const names = [...path.matchAll(/:(\w+)/g)].map(([, param = '']) => param);
  return {
    operationId: name,
    summary,
    description: `Needs the scope \`${scope}\`.`,
    parameters: [
      ...names.map((param) => inPath(param)),
      ...query.map((param) => ({ name: param, in: 'query', schema: property(name, param) })),
      ...(isRead ? [IF_NONE_MATCH] : []),
    ],
    ...(method === 'POST' && !isBare ? { requestBody: json(withoutMembers(inputSchema(name), names)) } : {}),
    responses: {
      [isMaking ? '201' : '200']: { description: 'Done.', ...(name === 'logs' ? orBatch : json)(reference(output)) },
      ...(isRead ? { '304': { description: 'What is known by its entity tag still holds.' } } : {}),
      ...PROBLEMS,
    },
  };
}

const IF_NONE_MATCH: JsonObject = { name: 'If-None-Match', in: 'header', schema: { type: 'string' } };

function property(operationName: OperationName, name: string): JsonObject {
  const { properties } = inputSchema(operationName) as { properties: Record<string, JsonObject> };
  return properties[name] ?? {};
}

/** What stands in the path is not said again in the body. */
function withoutMembers(schema: JsonObject, names: readonly string[]): JsonObject {
  const { properties = {}, required = [], ...rest } = schema as { properties?: JsonObject; required?: string[] } & JsonObject;
  const left = Object.fromEntries(Object.entries(properties).filter(([name]) => !names.includes(name)));
  return { ...rest, properties: left, required: required.filter((name) => !names.includes(name)) };
}

const reference = (output: string): JsonObject => ({ $ref: `#/components/schemas/${output}` });

/** The published schemas as components: `common.schema.json#/$defs/x` becomes `#/components/schemas/common/$defs/x`. */
function schemas(root: string): JsonObject {
  const folder = join(root, 'schemas', 'cli');
  const all: Record<string, JsonObject> = {};
  for (const file of readdirSync(folder).sort()) {
    const name = file.replace('.schema.json', '');
    const {
      $schema: _,
      $id: __,
      ...schema
    } = JSON.parse(readFileSync(join(folder, file), 'utf8'), (key, value: JsonValue) =>
      key === '$ref' && typeof value === 'string' ? refersTo(value, name) : value,
    );
    all[name] = schema;
  }
  return { ...all, problem: PROBLEM_SCHEMA };
}

function refersTo(target: string, from: string): string {
  const [file = '', pointer = ''] = target.split('#', 2);
  const name = file === '' ? from : file.replace('.schema.json', '');
  return `#/components/schemas/${name}${pointer}`;
}

const PROBLEM_SCHEMA: JsonObject = {
  type: 'object',
  required: ['type', 'title', 'status', 'code'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    instance: { type: 'string' },
    code: { type: 'string' },
    hint: { type: 'string' },
    retryAfter: { type: 'integer', description: 'Seconds.' },
    errors: {
      type: 'array',
      items: { type: 'object', properties: { pointer: { type: 'string' }, detail: { type: 'string' } } },
    },
  },
};
