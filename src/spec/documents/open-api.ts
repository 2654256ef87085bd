import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import type { ContractDraft } from '../contracts/draft.ts';
import type { DiagnosticList } from '../diagnostic-list.ts';
import type { Draft } from '../dialect.ts';
import { fileSlug } from '../file-slug.ts';
import type { ComponentElement, Interface, SourceSpan } from '../model.ts';
import { objectIn, textIn } from './members.ts';

const METHODS = ['get', 'head', 'post', 'put', 'patch', 'delete', 'options', 'trace', 'query'];
const SCHEMAS = '#/components/schemas/';

/** Reads an OpenAPI 3 document: its operations are a component's interfaces, its schemas contracts that the component uses. */
export function readOpenApi(document: JsonObject, source: SourceSpan, diagnostics: DiagnosticList): Draft[] {
  const info = objectIn(document, 'info');
  const name = textIn(info, 'title') ?? source.file;
  const component: ComponentElement = {
    kind: 'component',
    id: `component:${fileSlug(name)}`,
    name,
    section: source.file,
    source,
    responsibilities: [textIn(info, 'summary') ?? textIn(info, 'description') ?? `Serves ${name}.`],
    interfaces: operationsOf(document).map(({ method, path, operation }) => restInterface({ method, path, operation }, source)),
  };
  const uses = usesOf(document);
  const legacy = textIn(document, 'openapi')?.startsWith('3.0') === true;
  const contracts = Object.entries(objectIn(objectIn(document, 'components'), 'schemas')).flatMap(([key, value]) => {
    if (isJsonObject(value))
      return [contractOf({ key, schema: legacy ? modernSchema(value) : value, party: name }, source, uses)];
    diagnostics.report('SPEC_SCHEMA_INVALID', source, {
      message: `The schema \`${key}\` is not an object.`,
      hint: 'Write a JSON Schema object.',
    });
    return [];
  });
  return [component, ...contracts];
}

interface Operation {
  method: string;
  path: string;
  operation: JsonObject;
}

function operationsOf(document: JsonObject): Operation[] {
  return Object.entries(objectIn(document, 'paths')).flatMap(([path, item]) =>
    isJsonObject(item)
      ? METHODS.flatMap((method) => (isJsonObject(item[method]) ? [{ method, path, operation: item[method] }] : []))
      : [],
  );
}

function restInterface({ method, path, operation }: Operation, source: SourceSpan): Interface {
  const verb = method.toUpperCase();
  const description = textIn(operation, 'summary') ?? textIn(operation, 'operationId') ?? '';
  return { kind: 'rest', name: `${verb} ${path}`, description, method: verb, path, source };
}

/** Schemas by the side of the wire they are on: a server consumes what is sent to it and produces what it answers. */
interface Uses {
  consumed: ReadonlySet<string>;
  produced: ReadonlySet<string>;
}

function usesOf(document: JsonObject): Uses {
  const operations = operationsOf(document).map(({ operation }) => operation);
  return {
    consumed: new Set(operations.flatMap((operation) => schemaNamesIn(operation['requestBody']))),
    produced: new Set(operations.flatMap((operation) => schemaNamesIn(operation['responses']))),
  };
}

/** Names of the schemas that a value refers to. */
function schemaNamesIn(value: JsonValue | undefined): string[] {
  if (Array.isArray(value)) return value.flatMap(schemaNamesIn);
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === '$ref' && typeof inner === 'string') return inner.startsWith(SCHEMAS) ? [inner.slice(SCHEMAS.length)] : [];
    return schemaNamesIn(inner);
  });
}

function contractOf(
  { key, schema, party }: { key: string; schema: JsonObject; party: string },
  source: SourceSpan,
  uses: Uses,
): ContractDraft {
  return {
    kind: 'contract',
    id: `contract:${fileSlug(key)}`,
    name: key,
    section: source.file,
    source,
    shape: { by: 'document', schema, addresses: [`${source.file}${SCHEMAS}${key}`], base: source.file, place: source },
    producers: uses.produced.has(key) ? [{ name: party, source }] : [],
    consumers: uses.consumed.has(key) ? [{ name: party, source }] : [],
  };
}

/** OpenAPI 3.0 says `nullable` and boolean exclusive bounds where JSON Schema 2020-12 has types and numbers. */
export function modernSchema(schema: JsonObject): JsonObject {
  const { nullable, exclusiveMinimum, exclusiveMaximum, ...rest } = schema;
  const entries = Object.entries(rest).map(([key, value]) => [key, modernValue(value)] as const);
  let modern: JsonObject = Object.fromEntries(entries);
  if (nullable === true && typeof rest['type'] === 'string') modern = { ...modern, type: [rest['type'], 'null'] };
  modern = withBound(modern, exclusiveMinimum, { open: 'exclusiveMinimum', closed: 'minimum' });
  return withBound(modern, exclusiveMaximum, { open: 'exclusiveMaximum', closed: 'maximum' });
}

function modernValue(value: JsonValue | undefined): JsonValue | undefined {
  if (Array.isArray(value)) return value.map((each) => modernValue(each) ?? null);
  return isJsonObject(value) ? modernSchema(value) : value;
}

function withBound(
  schema: JsonObject,
  flag: JsonValue | undefined,
  { open, closed }: { open: string; closed: string },
): JsonObject {
  if (flag === undefined || flag === false) return schema;
  if (flag !== true) return { ...schema, [open]: flag };
  const { [closed]: bound, ...rest } = schema;
  return { ...rest, [open]: bound };
}
