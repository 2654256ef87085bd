import { Ajv } from 'ajv';
import { Ajv2020, type Options } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

import { isJsonObject, type JsonObject } from './json.ts';
import { type CheckBySchema, checkBy } from './check-by.ts';

/**
 * A check by one of our own schemas, JSON Schema 2020-12. That the schema is one is tested, not checked: it would take most of the time. ajv takes 30 ms to load and
 * more for each schema, so what a command needs stands in a module `*-check.ts` that exports checks and nothing else: there the build puts the validators' code.
 */
export function compileSchema(schema: JsonObject): CheckBySchema & { schema: JsonObject } {
  const compile = () => newAjv({ validateSchema: false, ownProperties: namesInheritedMember(schema) }).compile(schema);
  return Object.assign(checkBy(compile), { schema });
}

/** An ajv for JSON Schema 2020-12 with the standard formats; the options of all schema work in the project. */
export function newAjv(options: Options = {}): Ajv2020 {
  const ajv = new Ajv2020({ allErrors: true, strict: false, ...options });
  formats.default(ajv);
  return ajv;
}

/** An ajv for JSON Schema draft-07, which foreign documents (AsyncAPI's own schema) are still written in. */
export function newAjvDraft07(): Ajv {
  const ajv = new Ajv({ allErrors: true, strict: false });
  formats.default(ajv);
  return ajv;
}

/** `{}` has `constructor`, `toString` and others by inheritance: a schema that speaks of such a member must look at own ones only. */
export function namesInheritedMember(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.some((item) => (typeof item === 'string' ? item in {} : namesInheritedMember(item)));
  if (!isJsonObject(schema)) return false;
  return Object.entries(schema).some(([key, value]) => key in {} || namesInheritedMember(value));
}
