import { isJsonObject, type JsonObject, type JsonValue } from '../../../../base/json.ts';
import { slug as slugOf } from '../../../../base/text.ts';
import type { ComponentFragment, Named } from '../fragments.ts';
import { oneLine, withArticle } from '../literal.ts';
import { nameAllocator, typeName } from '../names.ts';
import { asciiName } from './operation.ts';

/** Schemas of contracts by slug, as far as they are at hand. */
export type Schemas = ReadonlyMap<string, JsonObject>;

/**
 * proto3 of a component's gRPC services; undefined if it has none. The specification names services, not their methods: each takes the
 * contracts the component consumes and streams those it produces.
 */
export function proto(component: ComponentFragment, schemas: Schemas): string | undefined {
  const services = component.interfaces.filter(({ kind }) => kind === 'grpc').map(({ name }) => serviceName(name));
  const [first] = services;
  if (!first) return undefined;
  const writer = new ProtoWriter(schemas);
  const bodies = [...new Set(services.map(({ name }) => name))].map((name) => writer.service(name, component));
  const messages = writer.messages();
  const imports = [...writer.imports].sort().map((file) => `import "google/protobuf/${file}.proto";\n`);
  return [
    `// ${oneLine(component.name)}: gRPC services of its specification.\nsyntax = "proto3";\n`,
    `package ${first.package};\n`,
    ...(imports.length > 0 ? [imports.join('')] : []),
    ...bodies,
    ...messages,
  ].join('\n');
}

/** `workspace.SessionService` → package `workspace`, service `SessionService`. */
export function serviceName(name: string): { package: string; name: string } {
  const parts = name
    .split(/[^\p{L}\p{N}_]+/u)
    .filter((part) => part !== '')
    .map((part) => asciiName(part));
  const service = parts.pop() ?? 'Service';
  const path = parts.map((part) => part.toLowerCase());
  return {
    package: path.length > 0 ? path.map((part) => (KEYWORDS.has(part) ? `${part}_` : part)).join('.') : 'service',
    name: service.charAt(0).toUpperCase() + service.slice(1),
  };
}

const KEYWORDS = new Set([
  'package',
  'message',
  'service',
  'enum',
  'import',
  'option',
  'rpc',
  'returns',
  'stream',
  'syntax',
  'repeated',
  'optional',
  'oneof',
  'map',
  'reserved',
]);

class ProtoWriter {
  readonly imports = new Set<string>();
  readonly #schemas: Schemas;
  readonly #contracts = new Map<string, Named>();

  constructor(schemas: Schemas) {
    this.#schemas = schemas;
  }

  service(name: string, { consumes, produces }: ComponentFragment): string {
    const calls = [
      ...consumes.map(
        (contract) =>
          `  // Takes ${withArticle(this.#message(contract))}.\n  rpc Submit${this.#message(contract)}(${this.#message(contract)}) returns (google.protobuf.Empty);\n`,
      ),
      ...produces.map(
        (contract) =>
          `  // Streams each new ${this.#message(contract)}.\n  rpc Watch${this.#message(contract)}(google.protobuf.Empty) returns (stream ${this.#message(contract)});\n`,
      ),
    ];
    this.imports.add(calls.length > 0 ? 'empty' : 'struct');
    if (calls.length === 0)
      calls.push(
        '  // The specification names no contract for this service.\n  rpc Call(google.protobuf.Struct) returns (google.protobuf.Struct);\n',
      );
    return `service ${name} {\n${calls.join('\n')}}\n`;
  }

  messages(): string[] {
    return [...this.#contracts.values()].map((contract) => this.#contractMessage(contract));
  }

  #message(contract: Named): string {
    this.#contracts.set(contract.slug, contract);
    return asciiName(typeName(contract));
  }

  #contractMessage(contract: Named): string {
    const name = asciiName(typeName(contract));
    const schema = this.#schemas.get(contract.slug);
    const properties =
      schema && schema['type'] === 'object' && isJsonObject(schema['properties']) ? Object.entries(schema['properties']) : [];
    if (properties.length === 0) {
      this.imports.add('struct');
      return `// ${name} as JSON: see schemas/${oneLine(contract.slug)}.schema.json.\nmessage ${name} {\n  google.protobuf.Value value = 1;\n}\n`;
    }
    const required = new Set(Array.isArray(schema?.['required']) ? schema['required'] : []);
    const allocate = nameAllocator();
    const enums = nameAllocator();
    const fields = properties.map(([key, value], index) =>
      this.#field(key, value, { number: fieldNumber(index), optional: !required.has(key), allocate, enums }),
    );
    const all = fields.flatMap((field) => (field.declaration === '' ? [] : [field.declaration]));
    return `message ${name} {\n${all.map((text) => `${text}\n`).join('')}${fields.map(({ line }) => line).join('')}}\n`;
  }

  #field(key: string, schema: JsonValue | undefined, context: FieldContext): { declaration: string; line: string } {
    const name = context.allocate(snake(key));
    const { type, declaration, repeated } = this.#type(schema, name, context);
    const label = repeated ? 'repeated ' : context.optional && !type.startsWith('google.') ? 'optional ' : '';
    const json = camel(name) === key ? '' : ` [json_name = ${protoString(key)}]`;
    return { declaration, line: `  ${label}${type} ${name} = ${context.number}${json};\n` };
  }

  #type(
    schema: JsonValue | undefined,
    field: string,
    context: FieldContext,
  ): { type: string; declaration: string; repeated: boolean } {
    const simple = (type: string): { type: string; declaration: string; repeated: boolean } => ({
      type,
      declaration: '',
      repeated: false,
    });
    if (!isJsonObject(schema)) return simple(this.#wellKnown('struct', 'Value'));
    const { type, format, items } = schema;
    const listed = Array.isArray(schema['enum']) ? schema['enum'] : undefined;
    if (listed?.every((value: JsonValue) => typeof value === 'string'))
      return protoEnum(context.enums(pascalOf(field)), listed.map(String));
    if (type === 'string') return simple(format === 'date-time' ? this.#wellKnown('timestamp', 'Timestamp') : 'string');
    if (type === 'integer') return simple(format === 'int32' ? 'int32' : 'int64');
    if (type === 'number') return simple('double');
    if (type === 'boolean') return simple('bool');
    if (type === 'array') {
      const item = this.#type(items, field, context);
      return item.repeated ? simple(this.#wellKnown('struct', 'ListValue')) : { ...item, repeated: true };
    }
    return simple(this.#wellKnown('struct', type === 'object' ? 'Struct' : 'Value'));
  }

  #wellKnown(file: string, type: string): string {
    this.imports.add(file);
    return `google.protobuf.${type}`;
  }
}

interface FieldContext {
  number: number;
  optional: boolean;
  allocate: (name: string) => string;
  enums: (name: string) => string;
}

/** Field numbers 19000 to 19999 are protobuf's own. */
function fieldNumber(index: number): number {
  return index + 1 < 19_000 ? index + 1 : index + 1001;
}

function protoEnum(name: string, values: readonly string[]): { type: string; declaration: string; repeated: boolean } {
  const prefix = snake(name).toUpperCase();
  const allocate = nameAllocator([`${prefix}_UNSPECIFIED`]);
  const lines = values.map((value, index) => {
    const own = allocate(`${prefix}_${snake(value).toUpperCase()}`);
    return `    ${own} = ${index + 1};\n`;
  });
  return { type: name, declaration: `  enum ${name} {\n    ${prefix}_UNSPECIFIED = 0;\n${lines.join('')}  }\n`, repeated: false };
}

function snake(text: string): string {
  const name = slugOf(text)
    .split('-')
    .map((part) => part.replace(/[^a-z0-9]/gu, (character) => `u${character.codePointAt(0)?.toString(16) ?? ''}`))
    .join('_');
  return /^[a-z]/.test(name) ? name : `f_${name}`;
}

function camel(name: string): string {
  return name.replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function pascalOf(name: string): string {
  const text = camel(name);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A string of the protobuf language: ASCII, everything else as escaped UTF-8. */
function protoString(text: string): string {
  const bytes = [...new TextEncoder().encode(text)].map((byte) =>
    byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c
      ? String.fromCharCode(byte)
      : `\\x${byte.toString(16).padStart(2, '0')}`,
  );
  return `"${bytes.join('')}"`;
}
