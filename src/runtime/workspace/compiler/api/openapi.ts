import type { JsonObject } from '../../../../base/json.ts';
import type { ComponentFragment } from '../fragments.ts';
import { oneLine } from '../literal.ts';
import { typeName } from '../names.ts';
import { asciiName, type Operation, type Payload, restOf } from './operation.ts';

/**
 * OpenAPI 3.1 of a component's REST interfaces; undefined if it has none. Schemas are those of `schemas/`, by relative reference: one
 * source, no copy that could differ from it.
 */
export function openApi(component: ComponentFragment, operations: readonly Operation[]): JsonObject | undefined {
  const calls = operations.filter(({ of }) => of?.kind === 'rest');
  if (calls.length === 0) return undefined;
  const paths = new Map<string, Record<string, JsonObject>>();
  for (const call of calls) addCall(paths, call);
  return {
    openapi: '3.1.0',
    info: {
      title: oneLine(component.name) || component.slug,
      version: '0.1.0',
      description: component.responsibilities.map(oneLine).join(' '),
    },
    paths: Object.fromEntries(paths),
    components: { schemas: { Problem: PROBLEM } },
  };
}

function addCall(paths: Map<string, Record<string, JsonObject>>, call: Operation): void {
  if (!call.of) return;
  const { method, path } = restOf(call.of);
  const item = paths.get(path) ?? {};
  paths.set(path, item);
  item[method] = operationObject(call, method, path);
}

function operationObject({ name, doc, input, output }: Operation, method: string, path: string): JsonObject {
  const parameters = [...path.matchAll(/\{([^{}]+)\}/g)].map(([, parameter = '']) => ({
    name: parameter,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const hasBody = method === 'post' || method === 'put' || method === 'patch';
  return {
    operationId: name,
    summary: doc,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(hasBody ? { requestBody: { required: true, content: content(input) } } : {}),
    responses: { ...success(method, output), '422': problem('The value breaks its contract; `faults` says where.') },
  };
}

function success(method: string, output: Payload): JsonObject {
  if (output.shape === 'nothing') return { '204': { description: 'Done.' } };
  return method === 'post'
    ? { '201': { description: 'Accepted, as it was recorded.', content: content(output) } }
    : { '200': { description: 'Found.', content: content(output) } };
}

function content(payload: Payload): JsonObject {
  return { 'application/json': { schema: payloadSchema(payload) } };
}

/** Schema of a payload; where the specification names no contract, any object, and the document says so. */
export function payloadSchema(payload: Payload): JsonObject {
  if (payload.shape === 'contract') return contractReference(payload.contract.slug);
  if (payload.shape === 'list') return { type: 'array', items: contractReference(payload.contract.slug) };
  const object = { type: 'object', description: 'The specification names no contract for this; any JSON object.' };
  return payload.shape === 'objects' ? { type: 'array', items: object } : object;
}

function contractReference(slug: string): JsonObject {
  return { $ref: `../schemas/${encodeURIComponent(slug)}.schema.json` };
}

/** How a payload is called in messages. */
export function payloadName(payload: Payload): string {
  return 'contract' in payload ? asciiName(typeName(payload.contract)) : 'AnyObject';
}

function problem(description: string): JsonObject {
  return { description, content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } };
}

/** RFC 9457, with the faults of a ContractViolation. */
const PROBLEM: JsonObject = {
  type: 'object',
  properties: {
    type: { type: 'string', format: 'uri-reference' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    faults: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          path: { type: 'string', format: 'json-pointer' },
          keyword: { type: 'string' },
          message: { type: 'string' },
        },
        required: ['path', 'keyword', 'message'],
      },
    },
  },
  required: ['title', 'status'],
};
