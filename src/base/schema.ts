import { Ajv } from 'ajv';
import { Ajv2020, type ErrorObject, type Options } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

import type { JsonObject } from './json.ts';

export type SchemaCheck = { valid: true } | { valid: false; errors: SchemaFault[] };

export interface SchemaFault {
  /** JSON Pointer (RFC 6901) into the value. */
  path: string;
  message: string;
}

/**
 * Compiles one of our own schemas, JSON Schema 2020-12, into a check that reports every fault. Import this module lazily: ajv costs 30 ms. That the
 * schema is one is tested, not checked: it would take most of the time.
 */
export function compileSchema(schema: JsonObject): (value: unknown) => SchemaCheck {
  const validate = newAjv({ validateSchema: false }).compile(schema);
  return (value) => (validate(value) ? { valid: true } : { valid: false, errors: (validate.errors ?? []).map(fault) });
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

function fault(error: ErrorObject): SchemaFault {
  return { path: error.instancePath, message: `${error.message ?? error.keyword}${shownParams(error)}` };
}

/** What the message leaves out: which member is one too many, and what may stand there instead. */
function shownParams({ keyword, params }: ErrorObject): string {
  if (keyword === 'additionalProperties') return `: ${String(params['additionalProperty'])}`;
  if (keyword === 'enum') return `: ${(params['allowedValues'] as unknown[]).map((value) => JSON.stringify(value)).join(', ')}`;
  return keyword === 'const' ? `: ${JSON.stringify(params['allowedValue'])}` : '';
}
