import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import { slug } from '../../base/text.ts';
import type { DiagnosticList } from '../diagnostic-list.ts';
import type { ContractElement } from '../model.ts';
import { didYouMean, NearestName } from '../nearest-name.ts';
import { BUILTIN_TYPES, isBuiltinType } from '../notation/builtin-types.ts';
import { notationBetween } from '../notation/notation-between.ts';
import { NotationFault } from '../notation/syntax.ts';
import { toSchema } from '../notation/to-schema.ts';
import { resolveInBundle } from '../read-bundle.ts';
import { type Place, placeAt } from '../source-text.ts';
import type { ContractDraft, DocumentShape, NotationShape } from './draft.ts';

const SCHEMA_DIALECT = 'https://json-schema.org/draft/2020-12/schema';
/** Base of the contracts' `$id` where the source names none. Their `$ref`s are relative to it: nothing is fetched. */
export const SCHEMA_BASE = 'https://agentnexus.dev/schemas/';

/** A contract, and where in the source it refers to others. */
export interface ResolvedContract {
  element: ContractElement;
  links: readonly Link[];
}

export interface Link {
  /** Id of the contract referred to. */
  to: string;
  place: Place;
}

/** Looks up what contracts refer to, and gives each its JSON Schema. */
export function resolveContracts(
  drafts: readonly ContractDraft[],
  base: string,
  diagnostics: DiagnosticList,
): ResolvedContract[] {
  const resolver = new ContractResolver(drafts, base, diagnostics);
  return drafts.map((draft) => resolver.resolve(draft));
}

/** File name of a contract's schema, for `$id` and `$ref`. */
export function schemaFile(id: string): string {
  return `${id.slice('contract:'.length)}.schema.json`;
}

class ContractResolver {
  readonly #byName = new Map<string, string>();
  /** For names that are written another way; made when there is one. */
  #bySlug: ReadonlyMap<string, string> | undefined;
  readonly #byAddress = new Map<string, string>();
  readonly #nearest: NearestName;
  readonly #base: string;
  readonly #diagnostics: DiagnosticList;
  #links: Link[] = [];

  constructor(drafts: readonly ContractDraft[], base: string, diagnostics: DiagnosticList) {
    this.#base = base;
    this.#diagnostics = diagnostics;
    for (const draft of drafts) this.#index(draft);
    this.#nearest = new NearestName(() => [...BUILTIN_TYPES.keys(), ...this.#byName.keys()]);
  }

  #index(draft: ContractDraft): void {
    if (isBuiltinType(draft.name)) {
      const message = `\`${draft.name}\` is also a built-in type: schemas that say \`${draft.name}\` mean that.`;
      this.#diagnostics.report('SPEC_NAME_IS_TYPE', draft.source, { message, hint: 'Give the contract another name.' });
    }
    if (!this.#byName.has(draft.name)) this.#byName.set(draft.name, draft.id);
    if (draft.shape?.by !== 'document') return;
    for (const address of draft.shape.addresses) this.#byAddress.set(address, draft.id);
  }

  resolve(draft: ContractDraft): ResolvedContract {
    this.#links = [];
    const body = this.#bodyOf(draft);
    const { kind, id, sourceId, name, section, source, producers, consumers } = draft;
    const schema = { $schema: SCHEMA_DIALECT, $id: this.#base + schemaFile(id), title: name, ...body };
    const refersTo = [...new Set(this.#links.map((link) => link.to))];
    const element: ContractElement = { kind, id, name, section, source, producers, consumers, schema, refersTo };
    return { element: sourceId === undefined ? element : { ...element, sourceId }, links: this.#links };
  }

  #bodyOf(draft: ContractDraft): JsonObject {
    const { shape } = draft;
    if (shape === undefined) {
      const message = `The contract ${draft.name} has no schema.`;
      this.#diagnostics.report('SPEC_SCHEMA_MISSING', draft.source, {
        message,
        hint: 'Add a bullet under it: - Schema: `{ id: UUID, name: string }`',
      });
      return { type: 'object' };
    }
    return shape.by === 'notation' ? this.#fromNotation(shape) : this.#fromDocument(shape);
  }

  #fromNotation({ from, to, source }: NotationShape): JsonObject {
    try {
      return toSchema(notationBetween(source.text, from, to), {
        reference: (name, offset) => this.#contractNamed(name, placeAt(source, offset)),
        suggest: (name) => this.#suggestType(name),
        report: (code, offset, finding) => this.#diagnostics.report(code, placeAt(source, offset), finding),
      });
    } catch (error) {
      if (!(error instanceof NotationFault)) throw error;
      const { code, message, hint } = error;
      this.#diagnostics.report(code, placeAt(source, error.offset), { message, hint });
      return { type: 'object' };
    }
  }

  #contractNamed(name: string, place: Place): string | undefined {
    const id = this.#byName.get(name) ?? this.#slugs().get(slug(name));
    return id === undefined ? undefined : this.#referTo(id, place);
  }

  #slugs(): ReadonlyMap<string, string> {
    // The first of each is to be the one that counts.
    this.#bySlug ??= new Map([...this.#byName].toReversed().map(([name, id]) => [slug(name), id]));
    return this.#bySlug;
  }

  #referTo(to: string, place: Place): string {
    this.#links.push({ to, place });
    return schemaFile(to);
  }

  #suggestType(name: string): string {
    return `${didYouMean(this.#nearest.nearest(name))}Built-in types are string, number, integer, boolean, UUID, URI, timestamp, date, time, email, object and any.`;
  }

  /** The document's own schema, with references to other documents turned into references to their contracts. */
  #fromDocument(shape: DocumentShape): JsonObject {
    const invalid = invalidTypeIn(shape.schema);
    if (invalid !== undefined) {
      const message = `\`type: ${invalid}\` is no type of JSON Schema.`;
      this.#diagnostics.report('SPEC_SCHEMA_INVALID', shape.place, { message, hint: `Types are ${JSON_TYPES.join(', ')}.` });
    }
    return this.#rewritten(withoutHead(shape.schema), shape);
  }

  /** In a map of names the keys are the author's: a property may be called `default` or `$ref`. */
  #rewritten(schema: JsonObject, shape: DocumentShape, isMapOfNames = false): JsonObject {
    const entries = Object.entries(schema).map(([key, value]) => {
      if (value === undefined || (!isMapOfNames && DATA.has(key))) return [key, value] as const;
      if (!isMapOfNames && key === '$ref' && typeof value === 'string') return [key, this.#reference(value, shape)] as const;
      const isMap = !isMapOfNames && NAMED_SCHEMAS.has(key) && isJsonObject(value);
      return [key, isMap ? this.#rewritten(value, shape, true) : this.#rewrittenValue(value, shape)] as const;
    });
    return Object.fromEntries(entries);
  }

  #rewrittenValue(value: JsonValue, shape: DocumentShape): JsonValue {
    if (Array.isArray(value)) return value.map((each) => this.#rewrittenValue(each, shape));
    return isJsonObject(value) ? this.#rewritten(value, shape) : value;
  }

  #reference(reference: string, { base, addresses, place }: DocumentShape): string {
    const [path = '', fragment] = reference.split('#', 2);
    const isOpenApi = addresses.some((address) => address.includes('#'));
    if (path === '' && !isOpenApi) return reference;
    const file = path === '' ? base : /^[a-z][a-z0-9+.-]*:/i.test(path) ? path : resolveInBundle(base, path);
    const whole = this.#byAddress.get(`${file}#${fragment ?? ''}`) ?? this.#byAddress.get(reference);
    if (whole !== undefined) return this.#referTo(whole, place);
    const id = this.#byAddress.get(file);
    if (id !== undefined) {
      if (fragment !== undefined && fragment !== '') {
        const message = `\`$ref: ${reference}\` reaches into another contract.`;
        this.#diagnostics.report('SPEC_SCHEMA_INVALID', place, {
          message,
          hint: 'Refer to a whole document; give the part a document of its own.',
        });
      }
      return this.#referTo(id, place);
    }
    const message = `\`$ref: ${reference}\` leads to nothing in this bundle.`;
    this.#diagnostics.report('SPEC_REFERENCE_UNKNOWN', place, {
      message,
      hint: 'Put the schema it names into the bundle; nothing is fetched from the network.',
    });
    return reference;
  }
}

const JSON_TYPES = ['null', 'boolean', 'object', 'array', 'number', 'string', 'integer'];
/** Keywords whose values are data, or maps from names to schemas, and not schemas themselves. */
const DATA = new Set(['const', 'enum', 'default', 'example', 'examples', 'required']);
const NAMED_SCHEMAS = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']);

/** The first `type` that JSON Schema does not have. */
function invalidTypeIn(schema: JsonValue | undefined): string | undefined {
  if (Array.isArray(schema)) return firstDefined(schema, invalidTypeIn);
  if (!isJsonObject(schema)) return undefined;
  const types = [schema['type'] ?? []].flat();
  const invalid = types.find((type) => typeof type !== 'string' || !JSON_TYPES.includes(type));
  if (invalid !== undefined) return JSON.stringify(invalid);
  return firstDefined(Object.entries(schema), ([key, value]) => {
    if (DATA.has(key)) return undefined;
    return NAMED_SCHEMAS.has(key) && isJsonObject(value)
      ? firstDefined(Object.values(value), invalidTypeIn)
      : invalidTypeIn(value);
  });
}

function firstDefined<T>(values: readonly T[], find: (value: T) => string | undefined): string | undefined {
  for (const value of values) {
    const found = find(value);
    if (found !== undefined) return found;
  }
  return undefined;
}

function withoutHead({ $schema: _schema, $id: _id, title: _title, ...body }: JsonObject): JsonObject {
  return body;
}
