/** Files of `src/base/` in every produced package: what the generated code stands on. The texts are TypeScript of the package, not ours. */

const CONTRACT_VIOLATION = `/** One thing that is wrong with a value. */
export interface Fault {
  /** JSON Pointer (RFC 6901) to what is wrong; to a missing member, where it should be. */
  readonly path: string;
  /** The JSON Schema keyword that is not met. */
  readonly keyword: string;
  readonly message: string;
}

/** A value does not keep its contract. */
export class ContractViolation extends Error {
  override readonly name = 'ContractViolation';
  readonly contract: string;
  readonly faults: readonly Fault[];

  constructor(contract: string, faults: readonly Fault[]) {
    super(\`not a valid \${contract}: \${faults.map(({ path, message }) => \`\${path || '/'} \${message}\`).join('; ')}\`);
    this.contract = contract;
    this.faults = faults;
  }
}
`;

const NOT_IMPLEMENTED = `/** An operation was called that nobody has given a handler for. */
export class NotImplemented extends Error {
  override readonly name = 'NotImplemented';
  readonly operation: string;

  constructor(operation: string) {
    super(\`\${operation} is not implemented\`);
    this.operation = operation;
  }
}
`;

const JSON_VALUE = `export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

/** A JSON object of no known contract. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Whether a value is an object as JSON has them: no array, no null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
`;

const OPERATION = `import { ContractViolation } from './contract-violation.js';
import { isJsonObject, type JsonObject } from './json.js';
import { NotImplemented } from './not-implemented.js';

/** Checks what crosses a boundary: returns the value, or throws a ContractViolation. */
export type Parse<Value> = (value: unknown) => Value;

/** Runs one operation of a port: checks what goes in, calls the handler, checks what comes out. */
export async function operation<Input, Output>(
  name: string,
  boundary: { input: Parse<Input>; output: Parse<Output> },
  call: { value: unknown; handler: ((input: Input) => Promise<Output>) | undefined },
): Promise<Output> {
  const input = boundary.input(call.value);
  if (call.handler === undefined) throw new NotImplemented(name);
  return boundary.output(await call.handler(input));
}

/** An object of no known contract. */
export function parseJsonObject(value: unknown): JsonObject {
  if (!isJsonObject(value)) {
    throw new ContractViolation('JSON object', [{ path: '', keyword: 'type', message: 'must be object' }]);
  }
  return value;
}

/** A list whose items all keep a contract; faults carry the index of the item. */
export function parseListOf<Item>(parse: Parse<Item>): Parse<Item[]> {
  return (value) => {
    if (!Array.isArray(value)) {
      throw new ContractViolation('list', [{ path: '', keyword: 'type', message: 'must be array' }]);
    }
    return value.map((item: unknown, index) => parseItem(parse, item, index));
  };
}

function parseItem<Item>(parse: Parse<Item>, item: unknown, index: number): Item {
  try {
    return parse(item);
  } catch (error) {
    if (!(error instanceof ContractViolation)) throw error;
    throw new ContractViolation(
      error.contract,
      error.faults.map((fault) => ({ ...fault, path: \`/\${index}\${fault.path}\` })),
    );
  }
}

/** Nothing comes back. */
export function parseNothing(): void {}
`;

const VALIDATION = `import type { Fault } from './contract-violation.js';

/** A generated validator. After a call that returned false, \`errors\` says why. */
export interface Validator {
  (value: unknown): boolean;
  errors?: readonly ValidatorError[] | null;
}

interface ValidatorError {
  instancePath: string;
  keyword: string;
  message?: string;
  params: {
    missingProperty?: string;
    additionalProperty?: string;
    unevaluatedProperty?: string;
  };
}

/** What the last call of a validator found. A missing or unexpected member is named by its own path. */
export function faultsOf(validator: Validator): Fault[] {
  return (validator.errors ?? []).map(({ instancePath, keyword, message = keyword, params }) => {
    const member = params.missingProperty ?? params.additionalProperty ?? params.unevaluatedProperty;
    return { path: member === undefined ? instancePath : \`\${instancePath}/\${escaped(member)}\`, keyword, message };
  });
}

function escaped(member: string): string {
  return member.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** Length in characters (code points), as JSON Schema counts. */
export function textLength(text: string): number {
  let length = 0;
  for (const _ of text) length++;
  return length;
}

/** Whether two JSON values are the same, whatever the order of members. */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = new Map<string, unknown>(Object.entries(a));
  const right = new Map<string, unknown>(Object.entries(b));
  return left.size === right.size && [...left].every(([key, value]) => right.has(key) && equal(value, right.get(key)));
}
`;

export function sourceFiles(): Map<string, string> {
  return new Map([
    ['src/base/contract-violation.ts', CONTRACT_VIOLATION],
    ['src/base/json.ts', JSON_VALUE],
    ['src/base/not-implemented.ts', NOT_IMPLEMENTED],
    ['src/base/operation.ts', OPERATION],
    ['src/base/validation.ts', VALIDATION],
  ]);
}
