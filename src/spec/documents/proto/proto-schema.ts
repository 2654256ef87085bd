import type { JsonObject } from '../../../base/json.ts';
import type { ProtoField, ProtoFile, ProtoMessage } from './syntax.ts';

/** All messages and enums of a bundle's `.proto` files, by full name. */
export interface ProtoNames {
  messages: ReadonlyMap<string, ProtoMessage>;
  enums: ReadonlyMap<string, readonly string[]>;
}

const INT32 = { type: 'integer', minimum: -(2 ** 31), maximum: 2 ** 31 - 1 } as const;
const UINT32 = { type: 'integer', minimum: 0, maximum: 2 ** 32 - 1 } as const;
const INT64 = { type: 'string', pattern: '^-?[0-9]{1,19}$' } as const;
const UINT64 = { type: 'string', pattern: '^[0-9]{1,20}$' } as const;

/** JSON forms of the built-in types: protobuf.dev, "ProtoJSON Format". */
const SCALARS: Readonly<Record<string, JsonObject>> = {
  double: { type: 'number' },
  float: { type: 'number' },
  int32: INT32,
  sint32: INT32,
  sfixed32: INT32,
  uint32: UINT32,
  fixed32: UINT32,
  int64: INT64,
  sint64: INT64,
  sfixed64: INT64,
  uint64: UINT64,
  fixed64: UINT64,
  bool: { type: 'boolean' },
  string: { type: 'string' },
  bytes: { type: 'string', description: 'Base64.' },
};

const WELL_KNOWN: Readonly<Record<string, JsonObject>> = {
  Timestamp: { type: 'string', format: 'date-time' },
  Duration: { type: 'string', pattern: '^-?[0-9]{1,12}([.][0-9]{1,9})?s$' },
  FieldMask: { type: 'string' },
  Struct: { type: 'object' },
  Value: {},
  NullValue: { type: 'null' },
  ListValue: { type: 'array' },
  Any: { type: 'object' },
  Empty: { type: 'object' },
  DoubleValue: { type: ['number', 'null'] },
  FloatValue: { type: ['number', 'null'] },
  Int32Value: { type: ['integer', 'null'] },
  UInt32Value: { type: ['integer', 'null'] },
  Int64Value: { type: ['string', 'null'] },
  UInt64Value: { type: ['string', 'null'] },
  BoolValue: { type: ['boolean', 'null'] },
  StringValue: { type: ['string', 'null'] },
  BytesValue: { type: ['string', 'null'] },
};

/** What a reference in a contract's schema says to mean a message. */
export function protoAddress(fullName: string): string {
  return `proto:${fullName}`;
}

/** The full name that a type means in a message or a package: the innermost one there is. */
export function resolveProto(type: string, scope: string, { messages, enums }: ProtoNames): string | undefined {
  const isKnown = (name: string): boolean => messages.has(name) || enums.has(name);
  if (type.startsWith('.')) return isKnown(type.slice(1)) ? type.slice(1) : undefined;
  for (let within = scope; within !== ''; within = within.slice(0, Math.max(0, within.lastIndexOf('.')))) {
    if (isKnown(`${within}.${type}`)) return `${within}.${type}`;
  }
  return isKnown(type) ? type : undefined;
}

export interface Lookup {
  names: ProtoNames;
  /** Whether a reference to a message would close a circle of contracts. */
  closesCircle: (fullName: string, field: ProtoField) => boolean;
  unknown: (type: string, field: ProtoField) => void;
}

/** A message as the schema of its JSON form: fields in lower camel case, none required but where proto2 says so. */
export function messageSchema({ fullName, fields }: ProtoMessage, lookup: Lookup): JsonObject {
  const properties = fields.map(
    (field) => [field.jsonName ?? camelCase(field.name), fieldSchema(field, fullName, lookup)] as const,
  );
  const required = fields.filter(({ label }) => label === 'required').map(({ jsonName, name }) => jsonName ?? camelCase(name));
  const schema: JsonObject = { type: 'object', properties: Object.fromEntries(properties), additionalProperties: false };
  return required.length === 0 ? schema : { ...schema, required: [...new Set(required)] };
}

function fieldSchema(field: ProtoField, scope: string, lookup: Lookup): JsonObject {
  const value = typeSchema(field, scope, lookup);
  const whole: JsonObject =
    field.key === undefined
      ? field.label === 'repeated'
        ? { type: 'array', items: value }
        : value
      : { type: 'object', additionalProperties: value };
  return field.oneof === undefined || '$ref' in whole
    ? whole
    : { ...whole, description: `At most one of \`${field.oneof}\` is set.` };
}

function typeSchema(field: ProtoField, scope: string, { names, unknown, closesCircle }: Lookup): JsonObject {
  const { type } = field;
  const scalar = Object.hasOwn(SCALARS, type) ? SCALARS[type] : undefined;
  if (scalar !== undefined) return scalar;
  const full = resolveProto(type, scope, names);
  const values = full === undefined ? undefined : names.enums.get(full);
  if (values !== undefined) return values.length === 0 ? { type: 'string' } : { type: 'string', enum: [...new Set(values)] };
  if (full !== undefined) return closesCircle(full, field) ? { type: 'object' } : { $ref: protoAddress(full) };
  const wellKnown = /^\.?google\.protobuf\.(\w+)$/.exec(type)?.[1] ?? '';
  if (Object.hasOwn(WELL_KNOWN, wellKnown)) return WELL_KNOWN[wellKnown] ?? {};
  unknown(type, field);
  return {};
}

/** `line_items` is `lineItems` in JSON. */
function camelCase(name: string): string {
  return name.replace(/_+([A-Za-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

export function namesOf(files: Iterable<ProtoFile>): ProtoNames {
  const messages = new Map<string, ProtoMessage>();
  const enums = new Map<string, readonly string[]>();
  for (const file of files) {
    for (const message of file.messages) if (!messages.has(message.fullName)) messages.set(message.fullName, message);
    for (const { fullName, values } of file.enums) if (!enums.has(fullName)) enums.set(fullName, values);
  }
  return { messages, enums };
}
