import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { JsonObject } from '../../src/base/json.ts';
import type { SchemaFault } from '../../src/base/check-by.ts';
import { compileSchema } from '../../src/base/schema.ts';
import type { Statement } from '../../src/runtime/vault/statement.ts';

const SCHEMAS = join(import.meta.dirname, '..', '..', 'schemas', 'predicates');

/** What a statement's predicate says that the schema of its type does not allow. Throws for a type of ours that has none. */
export function predicateFaults({ predicateType, predicate }: Pick<Statement, 'predicateType' | 'predicate'>): SchemaFault[] {
  const [, name, version] = /^https:\/\/agentnexus\.dev\/attestations\/([\w-]+)\/(v[\d.]+)$/.exec(predicateType) ?? [];
  const file = join(SCHEMAS, `${name}-${version}.schema.json`);
  if (name === undefined || !existsSync(file)) throw new Error(`${predicateType} has no schema`);
  const checked = compileSchema(JSON.parse(readFileSync(file, 'utf8')) as JsonObject)(predicate);
  return checked.valid ? [] : checked.errors;
}
