import type { AnyValidateFunction } from 'ajv/dist/core.js';
import type { ValueScopeName } from 'ajv/dist/compile/codegen/scope.js';

import type { JsonObject } from './json.ts';
import { namesInheritedMember, newAjv } from './schema.ts';

/** Source text of a validator: JavaScript that needs nothing but the names listed here. */
export interface SchemaCode {
  /** Function declarations and constants, one statement a line, not indented. */
  body: string;
  /** The function in `body` that validates: `(data, context) => boolean`, leaving `errors` on itself. */
  entry: string;
  /** Names in `body` that stand for the validators of other schemas: name → id of that schema. */
  references: Map<string, string>;
  /** Names that stand for ajv's run-time functions: name → `equal` or `ucs2length`. */
  functions: Map<string, string>;
  /** Names that stand for formats: name → format. */
  formats: Map<string, string>;
}

/**
 * Compiles a JSON Schema 2020-12 to source text by ajv, the same for the same schema. `references` are ids of schemas that are compiled
 * elsewhere: a `$ref` to one becomes a call. Throws ajv's error if the schema is not valid or refers to something unknown.
 */
export function schemaCode(schema: JsonObject, references: readonly string[] = []): SchemaCode {
  checkSchema(schema);
  const ajv = newAjv({
    code: { source: true, esm: true, lines: true },
    inlineRefs: false,
    logger: false,
    meta: false,
    validateSchema: false,
    ownProperties: namesInheritedMember(schema),
  });
  for (const id of references) ajv.addSchema({}, id);
  // Each format and each stub gets its names from this one instance, which lives for one schema: names depend on nothing else.
  const stubs = new Map<unknown, string>();
  for (const id of references) {
    const stub = ajv.getSchema(id);
    // What a foreign schema evaluates is known only when it runs; this makes `unevaluated…` ask it then.
    if (stub) stub.evaluated = { dynamicProps: true, dynamicItems: true };
    stubs.set(stub, id);
  }
  return new Collector(stubs).collect(ajv.compile(schema));
}

let meta: ReturnType<typeof newAjv> | undefined;

/** Refuses what is no valid schema. The meta-schema is compiled once; checking against it leaves nothing behind. */
function checkSchema(schema: JsonObject): void {
  meta ??= newAjv({ logger: false });
  const { $schema, ...rest } = schema;
  if ($schema !== undefined && $schema !== 'https://json-schema.org/draft/2020-12/schema') {
    throw new Error(`$schema ${JSON.stringify($schema)} is not JSON Schema 2020-12`);
  }
  if (meta.validateSchema(rest) !== true)
    throw new Error(`not a valid JSON Schema 2020-12: ${meta.errorsText(meta.errors, { dataVar: '' })}`);
}

/** Gathers a compiled function with everything it uses; what ajv's own `standalone` module does, but with imports left to the caller. */
class Collector {
  readonly #stubs: ReadonlyMap<unknown, string>;
  readonly #seen = new Set<string>();
  readonly #lines: string[] = [];
  readonly #references = new Map<string, string>();
  readonly #functions = new Map<string, string>();
  readonly #formats = new Map<string, string>();

  constructor(stubs: ReadonlyMap<unknown, string>) {
    this.#stubs = stubs;
  }

  collect(validate: AnyValidateFunction): SchemaCode {
    const entry = this.#addFunction(validate);
    return {
      body: shortened(this.#lines.flatMap((line) => line.split('\n'))).join('\n'),
      entry,
      references: this.#references,
      functions: this.#functions,
      formats: this.#formats,
    };
  }

  #addFunction(validate: AnyValidateFunction | undefined): string {
    const source = validate?.source;
    if (!source) throw new Error('ajv compiled no source');
    const name = source.validateName.str;
    if (this.#seen.has(name)) return name;
    this.#seen.add(name);
    for (const values of Object.values(source.scopeValues)) for (const value of values ?? []) this.#addValue(value);
    // The comment names the schema's `$id`, which is text of others and might end the comment.
    this.#lines.push(...source.validateCode.split('\n').filter((line) => line !== '' && !line.startsWith('/*# sourceURL=')));
    if (source.evaluated) this.#lines.push(`${name}.evaluated = ${String(source.evaluated)};`);
    return name;
  }

  #addValue(name: ValueScopeName): void {
    const { prefix, str, value } = name;
    if (prefix === 'validate') return this.#addValidator(str, value?.ref);
    if (this.#seen.has(str)) return;
    this.#seen.add(str);
    if (prefix === 'formats') this.#formats.set(str, String(value?.key));
    else if (prefix === 'func' && String(value?.code).startsWith('require('))
      this.#functions.set(str, runtimeFunction(String(value?.code)));
    else if (prefix === 'root' || prefix === 'wrapper') this.#addWrapper(str, value?.ref);
    else this.#lines.push(`const ${str} = ${String(value?.code)};`);
  }

  #addValidator(name: string, validate: unknown): void {
    const id = this.#stubs.get(validate);
    if (id === undefined) this.#addFunction(validate as AnyValidateFunction);
    else this.#references.set(name, id);
  }

  /** A schema that is still being compiled is reached through an object; see `callRef` of ajv. */
  #addWrapper(name: string, environment: unknown): void {
    const { validate, validateName } = environment as { validate?: AnyValidateFunction; validateName: { str: string } };
    this.#lines.push(`const ${name} = { validate: ${validateName.str} };`);
    if (!this.#seen.has(validateName.str)) this.#addFunction(validate);
  }
}

/** ajv's seven lines that note an error as one, and no constant that nothing uses. */
function shortened(lines: readonly string[]): string[] {
  const short: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const error = /^const err\d+ = (\{.*\});$/.exec(lines[at] ?? '')?.[1];
    if (error !== undefined && lines[at + 1] === 'if(vErrors === null){' && lines[at + 7] === 'errors++;') {
      short.push(`(vErrors ??= []).push(${error});`, 'errors++;');
      at += 7;
    } else {
      short.push(lines[at] ?? '');
    }
  }
  return short.filter((line) => !isUnusedSchema(line, short));
}

function isUnusedSchema(line: string, lines: readonly string[]): boolean {
  const name = /^const (schema\d+) = /.exec(line)?.[1];
  return name !== undefined && !lines.some((other) => other !== line && other.includes(name));
}

function runtimeFunction(code: string): string {
  const name = /^require\("ajv\/dist\/runtime\/(\w+)"\)\.default$/.exec(code)?.[1];
  if (name !== 'equal' && name !== 'ucs2length') throw new Error(`ajv needs ${code} at run time, which is not provided`);
  return name;
}
