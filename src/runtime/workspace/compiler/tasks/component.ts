import { isJsonObject, type JsonObject, type JsonValue } from '../../../../base/json.ts';
import type { Brief, OutputFile } from '../../agent.ts';
import { asyncApi, EVENT_KINDS } from '../api/asyncapi.ts';
import { openApi } from '../api/openapi.ts';
import { asciiName, type Operation, operationsOf, sameCall } from '../api/operation.ts';
import { proto, type Schemas, serviceName } from '../api/proto.ts';
import { qualifiedView, sql } from '../api/sql.ts';
import { type ComponentFragment, componentFragment, type InterfaceFragment } from '../fragments.ts';
import { oneLine } from '../literal.ts';
import { prettyJson } from '../pretty-json.ts';
import { ComponentSource, type InterfaceListing } from './component-source.ts';
import { componentTest } from './component-test.ts';

type Reading = Pick<Brief, 'needs' | 'read'>;

/** A component: its port and stub, the documents of its interfaces, and tests of its boundary. */
export function compileComponent(fragment: JsonValue, brief: Reading): OutputFile[] {
  const component = componentFragment(fragment);
  const { slug } = component;
  const operations = operationsOf(component);
  const documents = documentsOf(component, operations, schemasOf(brief));
  const interfaces = component.interfaces.map((item) => describeInterface(item, slug, operations));
  return [
    { path: `src/components/${slug}.ts`, content: new ComponentSource(component, operations).write(interfaces), type: 'code' },
    ...[...documents].map(([path, content]): OutputFile => ({ path, content, type: 'code' })),
    { path: `api/${slug}.interfaces.json`, content: prettyJson(interfaces), type: 'code' },
    {
      path: `test/components/${slug}.test.ts`,
      content: componentTest(component, operations, [...documents.keys()]),
      type: 'test',
    },
  ];
}

function schemasOf({ needs, read }: Reading): Schemas {
  const schemas = new Map<string, JsonObject>();
  for (const { path } of [...needs.values()].flat()) {
    const slug = /^schemas\/([^/]+)\.schema\.json$/.exec(path)?.[1];
    if (slug === undefined || schemas.has(slug)) continue;
    const schema: unknown = JSON.parse(new TextDecoder().decode(read(path)));
    if (isJsonObject(schema)) schemas.set(slug, schema);
  }
  return schemas;
}

function documentsOf(component: ComponentFragment, operations: readonly Operation[], schemas: Schemas): Map<string, string> {
  const json = (value: JsonObject | undefined): string | undefined => value && prettyJson(value);
  const texts = {
    'openapi.json': json(openApi(component, operations)),
    'asyncapi.json': json(asyncApi(component, operations)),
    proto: proto(component, schemas),
    sql: sql(component, schemas),
  };
  return new Map(
    Object.entries(texts).flatMap(([end, text]) => (text === undefined ? [] : [[`api/${component.slug}.${end}`, text]])),
  );
}

/** Where an interface is described: the document and its entry there. */
function entryOf(
  item: InterfaceFragment,
  slug: string,
  operation: string | undefined,
): { document: string; entry: string } | undefined {
  const entry = (end: string, text: string): { document: string; entry: string } => ({
    document: `api/${slug}.${end}`,
    entry: text,
  });
  if (operation !== undefined && item.kind === 'rest') return entry('openapi.json', operation);
  if (operation !== undefined && EVENT_KINDS.has(item.kind)) return entry('asyncapi.json', asciiName(operation));
  if (item.kind === 'grpc') return entry('proto', serviceName(item.name).name);
  return item.kind === 'sql-view' ? entry('sql', qualifiedView(item.name)) : undefined;
}

function describeInterface(item: InterfaceFragment, slug: string, operations: readonly Operation[]): InterfaceListing {
  const operation = operations.find(({ of }) => of && (of === item || sameCall(of, item)))?.name;
  return {
    kind: oneLine(item.kind),
    name: oneLine(item.name),
    description: oneLine(item.description),
    ...(operation === undefined ? {} : { operation }),
    ...entryOf(item, slug, operation),
  };
}
