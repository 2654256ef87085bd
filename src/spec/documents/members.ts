import { isJsonObject, type JsonObject } from '../../base/json.ts';

/** A member that is an object; an empty one where it is missing or something else. */
export function objectIn(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  return isJsonObject(value) ? value : {};
}

/** A member that is text with something in it. */
export function textIn(object: JsonObject, key: string): string | undefined {
  const value = object[key];
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}
