import { isJsonObject, type JsonObject, type JsonValue } from '../../../../base/json.ts';
import type { ComponentFragment, Named } from '../fragments.ts';
import { oneLine } from '../literal.ts';
import { contractFor } from './operation.ts';
import type { Schemas } from './proto.ts';

/** DDL of a component's SQL views over tables of its contracts; undefined if it has none. Runs in SQLite as it is. */
export function sql(component: ComponentFragment, schemas: Schemas): string | undefined {
  const views = component.interfaces.filter(({ kind }) => kind === 'sql-view');
  if (views.length === 0) return undefined;
  const statements = new Set<string>();
  for (const view of views) {
    const { database, name } = viewName(view.name);
    if (database !== undefined) statements.add(attach(database));
    for (const statement of viewStatements({ database, name }, contractFor(view, component), schemas)) statements.add(statement);
  }
  return `-- ${oneLine(component.name)}: SQL views of its specification.\n\n${[...statements].join('\n\n')}\n`;
}

interface ViewName {
  database: string | undefined;
  name: string;
}

/** `analytics.evidence_summary` → database `analytics`, view `evidence_summary`. */
function viewName(written: string): ViewName {
  const [first = '', ...rest] = oneLine(written).split('.');
  const name = rest.length > 0 ? rest.join('.') : first;
  return { database: rest.length > 0 && first !== '' ? first : undefined, name: name || 'view' };
}

/** The view's name as it stands in the DDL. */
export function qualifiedView(written: string): string {
  const { database, name } = viewName(written);
  return `${database === undefined ? '' : `${quoted(database)}.`}${quoted(name)}`;
}

function attach(database: string): string {
  return `-- SQLite reaches a database of another name by ATTACH; give a file instead of :memory: to keep what is in it.\nATTACH DATABASE ':memory:' AS ${quoted(database)};`;
}

function viewStatements({ database, name }: ViewName, contract: Named | undefined, schemas: Schemas): string[] {
  const prefix = database === undefined ? '' : `${quoted(database)}.`;
  const schema = contract && schemas.get(contract.slug);
  const columns = schema ? columnsOf(schema) : [];
  const base = contract ? contract.slug.replaceAll('-', '_') : `${name}_rows`;
  const table = base.toLowerCase() === name.toLowerCase() ? `${base}_rows` : base;
  const definitions =
    columns.length > 0 ? columns.map(({ definition }) => definition) : GENERIC.map(({ definition }) => definition);
  const names = (columns.length > 0 ? columns : GENERIC).map((column) => quoted(column.name));
  return [
    `CREATE TABLE IF NOT EXISTS ${prefix}${quoted(table)} (\n${definitions.map((text) => `  ${text}`).join(',\n')}\n);`,
    `CREATE VIEW IF NOT EXISTS ${prefix}${quoted(name)} AS\nSELECT\n${names.map((column) => `  ${column}`).join(',\n')}\nFROM ${quoted(table)};`,
  ];
}

interface Column {
  name: string;
  definition: string;
}

/** For a view whose contract the specification does not name. */
const GENERIC: Column[] = [{ name: 'data', definition: `"data" TEXT NOT NULL CHECK (json_valid("data"))` }];

function columnsOf(schema: JsonObject): Column[] {
  const properties = isJsonObject(schema['properties']) ? Object.entries(schema['properties']) : [];
  const required = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
  const seen = new Set<string>();
  const key = properties.find(
    ([name, value]) => required.has(name) && /^id$|Id$|_id$/.test(name) && isJsonObject(value) && value['type'] === 'string',
  )?.[0];
  return properties.flatMap(([name, value]) => {
    // SQL names do not tell upper from lower case.
    const folded = name.toLowerCase();
    if (seen.has(folded) || name === '') return [];
    seen.add(folded);
    const constraint = name === key ? ' PRIMARY KEY' : '';
    return [
      {
        name,
        definition: `${quoted(name)} ${sqlType(value)}${required.has(name) ? ' NOT NULL' : ''}${constraint}${check(name, value)}`,
      },
    ];
  });
}

function sqlType(schema: JsonValue | undefined): string {
  const type = isJsonObject(schema) ? schema['type'] : undefined;
  if (type === 'integer' || type === 'boolean') return 'INTEGER';
  return type === 'number' ? 'REAL' : 'TEXT';
}

function check(name: string, schema: JsonValue | undefined): string {
  const listed = isJsonObject(schema) && Array.isArray(schema['enum']) ? schema['enum'] : [];
  const texts = listed.filter((value: JsonValue) => typeof value === 'string').map(String);
  if (texts.length === 0 || texts.length < listed.length) return '';
  return ` CHECK (${quoted(name)} IN (${texts.map(literal).join(', ')}))`;
}

/** SQL ends a text at NUL, so that character cannot stand in one. */
function quoted(name: string): string {
  return `"${name.replaceAll('\0', ' ').replaceAll('"', '""')}"`;
}

function literal(text: string): string {
  return `'${text.replaceAll('\0', ' ').replaceAll("'", "''")}'`;
}
