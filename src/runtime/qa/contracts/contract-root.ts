import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/json.ts';
import { newAjv } from '../../../base/schema.ts';
import { references } from '../../workspace/compiler/schema/schema-facts.ts';

/** A schema and what its references lead to; checks any part of it, or anything made of parts. */
export class ContractRoot {
  readonly schema: JsonObject;
  readonly #ajv = newAjv({ inlineRefs: false, logger: false, validateFormats: true });
  readonly #whole: ReturnType<ReturnType<typeof newAjv>['compile']>;
  readonly #checks = new Map<string, (value: unknown) => boolean>();

  /** Throws an error with a message for people if it is no schema, or refers to something unknown. */
  constructor(schema: JsonObject) {
    const { $schema: _, $id, ...rest } = schema;
    this.schema = absolute(rest, typeof $id === 'string' ? $id.replace(/#$/, '') : undefined);
    this.#ajv.addSchema(this.schema, ROOT);
    this.#whole = newAjv({ logger: false }).compile({ ...rest, ...(typeof $id === 'string' && { $id }) });
    this.check(this.schema);
  }

  references(): string[] {
    const found = new Set<string>();
    const follow = (schema: JsonValue | undefined): void => {
      for (const reference of references(schema)) {
        if (found.has(reference)) continue;
        found.add(reference);
        follow(this.target(reference));
      }
    };
    follow(this.schema);
    return [...found];
  }

  target(reference: string): JsonValue | undefined {
    if (!reference.startsWith(ROOT)) return undefined;
    const fragment = decodeURIComponent(reference.slice(ROOT.length).replace(/^#/, ''));
    if (fragment === '' || fragment.startsWith('/')) return at(this.schema, fragment);
    return anchored(this.schema, fragment);
  }

  check(schema: JsonObject): (value: unknown) => boolean {
    const key = JSON.stringify(schema);
    const known = this.#checks.get(key) ?? this.#compile(schema);
    this.#checks.set(key, known);
    return known;
  }

  /** What is wrong with a value: each keyword that it breaks, and where. */
  faults(value: unknown): { keyword: string; path: string }[] {
    if (this.#whole(value)) return [];
    return (this.#whole.errors ?? []).map(({ keyword, instancePath }) => ({ keyword, path: instancePath }));
  }

  #compile(schema: JsonObject): (value: unknown) => boolean {
    // As it was given: what is made of parts may stand for less, where references are dynamic.
    if (schema === this.schema) return (value) => this.faults(value).length === 0;
    const { $anchor: _, $dynamicAnchor: __, $defs: ___, ...rest } = schema;
    return this.#ajv.compile(rest);
  }
}

const ROOT = 'contract:root';

const DATA = new Set(['const', 'enum', 'default', 'examples']);
const NAMES = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']);

/** The schema with references to itself as absolute ones, so that each part of it can stand alone. */
function absolute(schema: JsonObject, id: string | undefined): JsonObject {
  const inside = (reference: string) =>
    id !== undefined && (reference === id || reference.startsWith(`${id}#`)) ? reference.slice(id.length) : reference;
  const copy = (value: JsonValue, key: string, inNames: boolean): JsonValue => {
    if (!inNames && DATA.has(key)) return value;
    if (!inNames && (key === '$ref' || key === '$dynamicRef') && typeof value === 'string') {
      const reference = inside(value);
      return reference === '' || reference.startsWith('#') ? `${ROOT}${reference}` : value;
    }
    if (Array.isArray(value)) return value.map((item: JsonValue) => copy(item, '', false));
    if (!isJsonObject(value)) return value;
    const names = !inNames && NAMES.has(key);
    return Object.fromEntries(
      Object.entries(value).map(([member, part]) => [names ? member : plainName(member), copy(part ?? null, member, names)]),
    );
  };
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [plainName(key), copy(value ?? null, key, false)]));
}

/** Within one document a dynamic reference leads where a plain one does, but for what others put in its place. */
function plainName(keyword: string): string {
  return keyword === '$dynamicRef' ? '$ref' : keyword;
}

function at(root: JsonObject, pointer: string): JsonValue | undefined {
  return pointer
    .split('/')
    .slice(1)
    .reduce<JsonValue | undefined>((target, token) => {
      const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
      if (Array.isArray(target)) return target[Number(key)] as JsonValue | undefined;
      return isJsonObject(target) && Object.hasOwn(target, key) ? target[key] : undefined;
    }, root);
}

function anchored(schema: JsonValue | undefined, name: string): JsonValue | undefined {
  if (typeof schema !== 'object' || schema === null) return undefined;
  if (isJsonObject(schema) && (schema['$anchor'] === name || schema['$dynamicAnchor'] === name)) return schema;
  for (const value of Object.values(schema)) {
    const found = anchored(value, name);
    if (found !== undefined) return found;
  }
  return undefined;
}
