import fc from 'fast-check';

import type { JsonObject, JsonValue } from '../../../base/json.ts';
import { SchemaArbitraries } from '../contracts/schema-arbitrary.ts';
import { schemaBreaks } from '../contracts/schema-breaks.ts';
import type { ApiOperation } from './read-operations.ts';

/** What is sent, as data: a counterexample can be read, and sent again. */
export interface ApiRequest {
  /** By `place name`: `path id`. */
  parameters: JsonObject;
  /** Undefined: none is sent. */
  body?: JsonValue;
}

/** Requests as an operation describes them. Throws `FragmentError` where a schema cannot be met. */
export function validRequests(operation: ApiOperation): fc.Arbitrary<ApiRequest> {
  const model = Object.fromEntries(
    operation.parameters.map(({ name, place, schema }) => [
      `${place} ${name}`,
      sendable(new SchemaArbitraries(schema).whole(), place),
    ]),
  );
  const requiredKeys = operation.parameters.filter(({ required }) => required).map(({ name, place }) => `${place} ${name}`);
  const parameters = fc.record(model, { requiredKeys });
  if (operation.body === undefined) return parameters.map((each): ApiRequest => ({ parameters: { ...each } }));
  const body = new SchemaArbitraries(operation.body.schema).whole();
  const sent = operation.body.required
    ? body.map((value) => [value])
    : fc.oneof(
        body.map((value) => [value]),
        fc.constant([]),
      );
  return fc
    .tuple(parameters, sent)
    .map(([each, [value]]): ApiRequest => ({ parameters: { ...each }, ...(value !== undefined && { body: value }) }));
}

/** The same with a body that breaks one keyword each. */
export function brokenRequests(operation: ApiOperation): { name: string; requests: fc.Arbitrary<ApiRequest> }[] {
  if (operation.body === undefined) return [];
  const valid = validRequests(operation);
  const seen = new Set<string>();
  return schemaBreaks(new SchemaArbitraries(operation.body.schema)).breaks.flatMap(({ keyword, path, values }) => {
    const name = `${keyword} at ${path === '' ? 'the root' : path}`;
    if (seen.has(name)) return [];
    seen.add(name);
    return [{ name, requests: fc.tuple(valid, values).map(([request, body]): ApiRequest => ({ ...request, body })) }];
  });
}

/** What a place can carry: a header holds visible ASCII, a segment of a path is not empty and no `.`. */
function sendable(values: fc.Arbitrary<JsonValue>, place: string): fc.Arbitrary<JsonValue> {
  return values.filter((value) => {
    const text = asText(value);
    if (place === 'path') return text !== '' && !/^\.{1,2}$/.test(text) && text.isWellFormed();
    return place === 'query' ? text.isWellFormed() : /^[!-~]*$/.test(text);
  });
}

function asText(value: JsonValue): string {
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? value.map((each: JsonValue) => asText(each)).join(',') : JSON.stringify(value);
}

/** The request for `fetch`; `base` has no slash at its end. */
export function fetchable(
  operation: ApiOperation,
  { parameters, body }: ApiRequest,
  base: string,
): { url: string; init: RequestInit } {
  const query = new URLSearchParams();
  const headers = new Headers();
  const cookies: string[] = [];
  let path = operation.path;
  for (const { name, place } of operation.parameters) {
    const value = parameters[`${place} ${name}`];
    if (value === undefined) continue;
    if (place === 'path') path = path.replaceAll(`{${name}}`, encodeURIComponent(asText(value)));
    else if (place === 'query')
      for (const each of Array.isArray(value) ? value : [value]) query.append(name, asText(each as JsonValue));
    else if (place === 'header') headers.set(name, asText(value));
    else cookies.push(`${name}=${encodeURIComponent(asText(value))}`);
  }
  if (cookies.length > 0) headers.set('cookie', cookies.join('; '));
  if (body !== undefined && operation.body !== undefined) headers.set('content-type', operation.body.type);
  const url = `${base}${path}${query.size === 0 ? '' : `?${query.toString()}`}`;
  const text = body === undefined ? {} : { body: JSON.stringify(body) };
  return { url, init: { method: operation.method, headers, redirect: 'manual', ...text } };
}
