import { isJsonObject, type JsonObject, type JsonValue } from '../../../../base/json.ts';
import { FragmentError } from '../fragments.ts';
import { list } from './schema-facts.ts';

const NARROWEST: Record<string, (a: number, b: number) => number> = {
  minLength: Math.max,
  maxLength: Math.min,
  minItems: Math.max,
  maxItems: Math.min,
  minimum: Math.max,
  maximum: Math.min,
  exclusiveMinimum: Math.max,
  exclusiveMaximum: Math.min,
};

/** A schema whose values are likely to meet both; what it cannot express is left to the guard. */
export function mergeSchemas(a: JsonObject, b: JsonObject): JsonObject {
  const merged: Record<string, JsonValue> = {};
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const [x, y] = [a[key], b[key]];
    merged[key] = x === undefined || y === undefined ? (x ?? y ?? null) : mergedKeyword(key, x, y);
  }
  return merged;
}

function mergedKeyword(key: string, x: JsonValue, y: JsonValue): JsonValue {
  const narrowest = NARROWEST[key];
  if (narrowest && typeof x === 'number' && typeof y === 'number') return narrowest(x, y);
  if (key === 'required' || key === 'allOf') return [...new Set([...list(x), ...list(y)])];
  if (key === 'enum') return list(x).filter((value) => list(y).some((other) => JSON.stringify(other) === JSON.stringify(value)));
  if (key === 'type') return mergedTypes(x, y);
  if (key === 'properties' && isJsonObject(x) && isJsonObject(y)) return mergedProperties(x, y);
  if (key === 'additionalProperties') return x === false || y === false ? false : x === true ? y : x;
  return y;
}

function mergedTypes(x: JsonValue, y: JsonValue): JsonValue {
  const [left, right] = [typeof x === 'string' ? [x] : list(x), typeof y === 'string' ? [y] : list(y)];
  const both = left.flatMap((type) => {
    if (right.includes(type)) return [type];
    return (type === 'integer' && right.includes('number')) || (type === 'number' && right.includes('integer'))
      ? ['integer']
      : [];
  });
  const [only] = both;
  if (only === undefined) throw new FragmentError('no value is of two types at once');
  return both.length === 1 ? only : both;
}

function mergedProperties(x: JsonObject, y: JsonObject): JsonObject {
  const merged: Record<string, JsonValue> = {};
  for (const key of new Set([...Object.keys(x), ...Object.keys(y)])) {
    const [a, b] = [x[key], y[key]];
    merged[key] = a === undefined || b === undefined ? (a ?? b ?? true) : { allOf: [a, b] };
  }
  return merged;
}
