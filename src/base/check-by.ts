import type { ErrorObject } from 'ajv';

export type SchemaCheck = { valid: true } | { valid: false; errors: SchemaFault[] };

export interface SchemaFault {
  /** JSON Pointer (RFC 6901) into the value. */
  path: string;
  message: string;
}

/** Holds a value against a schema, and reports every fault. */
export type CheckBySchema = (value: unknown) => SchemaCheck;

/** As ajv makes it: what it found wrong stays on the function until it is called again. */
type Validator = ((value: unknown) => unknown) & { errors?: ErrorObject[] | null };

/** A check by a validator, which is made when a value comes first. */
export function checkBy(make: () => Validator): CheckBySchema {
  let validate: Validator | undefined;
  return (value) => {
    validate ??= make();
    return validate(value) ? { valid: true } : { valid: false, errors: (validate.errors ?? []).map(fault) };
  };
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
