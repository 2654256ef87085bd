import { isJsonObject, type JsonObject, type JsonValue } from '../../../../base/json.ts';
import { type Doc, layout, members, objectType, union } from '../layout.ts';
import { docComment, memberKey, oneLine, shortened, valueLiteral } from '../literal.ts';
import { nameAllocator, pascal } from '../names.ts';
import { slug as slugOf } from '../../../../base/text.ts';
import { type ContractSchema, contractNames, definition } from './contract-schema.ts';
import { list } from './schema-facts.ts';

/** TypeScript of a contract's types, and the types of other contracts they use. */
export interface TypeCode {
  declarations: string;
  imports: Map<string, string>;
}

/** Types that hold for every value the schema accepts; what types cannot say is `unknown` or left wider, never narrower. */
export function typeCode(schema: ContractSchema, name: string): TypeCode {
  return new TypeWriter(schema, name).write();
}

class TypeWriter {
  readonly #schema: ContractSchema;
  readonly #names = new Map<string, string>();
  readonly #allocate: (wanted: string) => string;
  readonly #imports = new Map<string, string>();
  readonly #declarations: string[] = [];

  constructor(schema: ContractSchema, name: string) {
    this.#schema = schema;
    this.#names.set('#', name);
    this.#allocate = nameAllocator([name, ...[...schema.references.values()].map((other) => contractNames(other).type)]);
  }

  write(): TypeCode {
    const { title, description } = this.#schema.published;
    const name = this.#names.get('#') ?? '';
    const text =
      typeof description === 'string' ? description : `${typeof title === 'string' ? oneLine(title) : name}, as its schema says.`;
    this.#declare('#', this.#schema.internal, text);
    return { declarations: this.#declarations.join('\n'), imports: this.#imports };
  }

  #declare(reference: string, schema: JsonValue, description: string): void {
    const name = this.#names.get(reference) ?? '';
    const at = this.#declarations.push('') - 1;
    const comment = docComment([description]);
    const type = this.#type(schema, true);
    const body = isPlainObject(schema)
      ? layout(`export interface ${name} `, this.#members(schema))
      : layout(`export type ${name} =${isUnion(type) ? '' : ' '}`, isUnion(type) ? spaced(type) : type, { after: ';' });
    this.#declarations[at] = `${comment}${body}\n`;
  }

  /** `direct`: not inside an object or array, where a type must not refer to itself. */
  #type(schema: JsonValue | undefined, direct = false): Doc {
    if (schema === false) return 'never';
    if (!isJsonObject(schema)) return 'unknown';
    const parts = [
      ...(typeof schema['$ref'] === 'string' ? [this.#reference(schema['$ref'], direct)] : []),
      ...(schema['const'] === undefined ? [] : [literalType(schema['const'])]),
      ...(Array.isArray(schema['enum']) ? [union(schema['enum'].map(literalType))] : []),
      ...list(schema['allOf']).map((part) => this.#type(part, direct)),
      ...['oneOf', 'anyOf'].flatMap((key) => (Array.isArray(schema[key]) ? [this.#choice(schema[key], direct)] : [])),
    ];
    const known = parts.filter((part) => part !== 'unknown');
    // The type words say nothing new beside a constant or an enumeration.
    if (schema['const'] === undefined && schema['enum'] === undefined) known.push(...this.#typeWords(schema));
    return intersection(known);
  }

  #choice(branches: readonly JsonValue[], direct: boolean): Doc {
    const types = branches.map((branch) => this.#type(branch, direct));
    return types.includes('unknown') ? 'unknown' : unionOf(types);
  }

  #typeWords(schema: JsonObject): Doc[] {
    const words = typeof schema['type'] === 'string' ? [schema['type']] : list(schema['type']);
    if (words.length === 0) return [];
    return [unionOf(words.map((word) => this.#typeWord(word, schema)))];
  }

  #typeWord(word: JsonValue, schema: JsonObject): Doc {
    if (word === 'integer' || word === 'number') return 'number';
    if (word === 'array') return this.#array(schema);
    if (word === 'object') return this.#object(schema);
    return word === 'string' || word === 'boolean' || word === 'null' ? word : 'unknown';
  }

  #array(schema: JsonObject): Doc {
    const { items, prefixItems, minItems = 0 } = schema;
    if (!Array.isArray(prefixItems)) return items === undefined ? 'unknown[]' : arrayOf(this.#type(items));
    const required = typeof minItems === 'number' ? minItems : 0;
    const head = prefixItems.map((item: JsonValue, index) => [grouped(this.#type(item)), index < required ? '' : '?']);
    const rest = items === false ? [] : [['...', arrayOf(this.#type(items))]];
    return tuple([...head, ...rest]);
  }

  #object(schema: JsonObject): Doc {
    const items = this.#memberDocs(schema).map(({ doc }) => doc);
    return items.length === 0 ? 'Record<string, never>' : objectType(items);
  }

  /** Members of an interface, with comments. */
  #members(schema: JsonObject): Doc {
    const items = this.#memberDocs(schema);
    return members(items.map(({ doc, comment }) => (comment === '' ? doc : [`/** ${comment} */`, '\n', doc])));
  }

  #memberDocs(schema: JsonObject): { doc: Doc; comment: string }[] {
    const required = new Set(list(schema['required']));
    const known = Object.entries(isJsonObject(schema['properties']) ? schema['properties'] : {});
    const docs: { doc: Doc; comment: string }[] = known.map(([key, value]) => {
      const doc: Doc = [`${memberKey(key)}${required.has(key) ? '' : '?'}: `, this.#type(value)];
      return { doc, comment: memberComment(value) };
    });
    for (const key of required) {
      if (typeof key === 'string' && !known.some(([name]) => name === key))
        docs.push({ doc: `${memberKey(key)}: unknown`, comment: '' });
    }
    const rest = this.#rest(schema, docs.length > 0);
    return rest === undefined ? docs : [...docs, { doc: ['[key: string]: ', rest], comment: '' }];
  }

  /** Type of the members that have no name of their own; undefined if there are none, or the schema does not speak of them. */
  #rest({ additionalProperties, patternProperties }: JsonObject, hasNamed: boolean): Doc | undefined {
    const patterns = isJsonObject(patternProperties) ? Object.values(patternProperties) : [];
    if (patterns.length === 0 && (additionalProperties === false || (hasNamed && !isJsonObject(additionalProperties))))
      return undefined;
    if (hasNamed || (patterns.length > 0 && additionalProperties !== false && !isJsonObject(additionalProperties)))
      return 'unknown';
    return unionOf(
      [...patterns, ...(additionalProperties === false ? [] : [additionalProperties])].map((part) => this.#type(part)),
    );
  }

  #reference(reference: string, direct: boolean): Doc {
    const other = this.#schema.references.get(reference);
    if (other) {
      const { type } = contractNames(other);
      this.#imports.set(type, other.slug);
      return type;
    }
    const target = definition(this.#schema.internal, reference);
    if (target === undefined || (direct && this.#leadsBack(reference))) return 'unknown';
    return this.#nameOf(reference, target);
  }

  #nameOf(reference: string, target: JsonValue): Doc {
    const known = this.#names.get(reference);
    if (known !== undefined) return known;
    const last = reference.split('/').at(-1) ?? '';
    const name = this.#allocate((this.#names.get('#') ?? '') + pascal(slugOf(last) || 'part'));
    this.#names.set(reference, name);
    const description = isJsonObject(target) && typeof target['description'] === 'string' ? target['description'] : '';
    this.#declare(
      reference,
      target,
      description || `Part of ${this.#names.get('#') ?? ''}: \`${oneLine(last).replaceAll('`', "'")}\`.`,
    );
    return name;
  }

  /** Whether following references that are not inside an object or array comes round again. */
  #leadsBack(start: string): boolean {
    const seen = new Set<string>();
    const follow = (from: string): boolean =>
      directReferences(definition(this.#schema.internal, from)).some((next) => {
        if (next === start) return true;
        if (seen.has(next)) return false;
        seen.add(next);
        return follow(next);
      });
    return follow(start);
  }
}

function directReferences(schema: JsonValue | undefined): string[] {
  if (!isJsonObject(schema)) return [];
  const nested = ['allOf', 'anyOf', 'oneOf'].flatMap((key) => list(schema[key])).flatMap(directReferences);
  return typeof schema['$ref'] === 'string' ? [schema['$ref'], ...nested] : nested;
}

/** An object whose members are all the schema says: it reads best as an interface. */
function isPlainObject(schema: JsonValue): schema is JsonObject {
  return (
    isJsonObject(schema) &&
    schema['type'] === 'object' &&
    !['$ref', 'const', 'enum', 'allOf', 'anyOf', 'oneOf'].some((key) => key in schema)
  );
}

/** A type of exactly this value; objects and arrays stay wide inside. */
function literalType(value: JsonValue): Doc {
  if (Array.isArray(value)) return tuple(value.map((item: JsonValue) => literalType(item)));
  if (!isJsonObject(value)) return valueLiteral(value);
  const docs = Object.entries(value).map(([key, member]) => [`${memberKey(key)}: `, literalType(member ?? null)]);
  return docs.length === 0 ? 'Record<string, never>' : objectType(docs);
}

const FORMATS: Record<string, string> = {
  uuid: 'UUID (RFC 9562).',
  uri: 'URI (RFC 3986).',
  date: 'RFC 3339 date.',
  'date-time': 'RFC 3339 timestamp.',
};

/** What is worth saying beside the type: the description, else the format. */
function memberComment(schema: JsonValue | undefined): string {
  if (!isJsonObject(schema)) return '';
  const { description, format } = schema;
  if (typeof description === 'string') return shortened(oneLine(description), 100).replace(/(^|\s|\{)@/g, '$1\\@');
  return typeof format === 'string' && Object.hasOwn(FORMATS, format) ? (FORMATS[format] ?? '') : '';
}

/** Each once, in order. */
function unionOf(types: readonly Doc[]): Doc {
  if (types.includes('unknown')) return 'unknown';
  return union([...new Map(types.map((type) => [JSON.stringify(type), type])).values()].map(grouped));
}

function intersection(types: readonly Doc[]): Doc {
  const once = [...new Map(types.map((type) => [JSON.stringify(type), type])).values()];
  const [only] = once;
  if (once.length <= 1) return only ?? 'unknown';
  return once.flatMap((type, index) => (index === 0 ? [parenthesised(type)] : [' & ', parenthesised(type)]));
}

function arrayOf(item: Doc): Doc {
  return item === 'unknown' ? 'unknown[]' : [parenthesised(item), '[]'];
}

function tuple(items: readonly Doc[]): Doc {
  return items.length === 0 ? '[]' : ['[', ...items.flatMap((item, index) => (index === 0 ? [item] : [', ', item])), ']'];
}

function isUnion(type: Doc): type is Extract<Doc, { kind: string }> {
  return typeof type === 'object' && 'kind' in type && type.kind === 'union';
}

function parenthesised(type: Doc): Doc {
  const compound = isUnion(type) || (Array.isArray(type) && type.includes(' & '));
  return compound ? ['(', type, ')'] : type;
}

/** Inside a union, an intersection needs no parentheses and a union none either; kept for tuples, where `?` binds tighter. */
function grouped(type: Doc): Doc {
  return parenthesised(type);
}

/** A union that starts its own lines after `=`; on one line it needs the space that a broken one must not have. */
function spaced(type: Doc): Doc {
  return [{ ...(type as Extract<Doc, { kind: string }>), open: ' ' }];
}
