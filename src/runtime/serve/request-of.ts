import type { JsonObject, JsonValue } from '../../base/json.ts';
import type { Request } from './counter.ts';
import type { Route } from './routes.ts';

/** One object as the path, the query and the body that a request over HTTP would have. */
export function requestOf({ path }: Route, input: JsonObject): Request {
  const names = new Set([...path.matchAll(/:(\w+)/g)].map(([, name]) => name));
  const inPath = Object.entries(input).filter(([name]) => names.has(name));
  const others = Object.entries(input).filter(([name]) => !names.has(name));
  return {
    params: Object.fromEntries(inPath.map(([name, value]) => [name, textOf(value)])),
    query: Object.fromEntries(others.map(([name, value]) => [name, Array.isArray(value) ? value.map(textOf) : textOf(value)])),
    body: Object.fromEntries(others),
  };
}

const textOf = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : JSON.stringify(value ?? null));
