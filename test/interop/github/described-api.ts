import { isJsonObject, type JsonObject, type JsonValue } from '../../../src/base/json.ts';
import { newAjv } from '../../../src/base/schema.ts';
import { type ApiOperation, readOperations } from '../../../src/runtime/qa/api/read-operations.ts';
import type { Exchange } from '../../runtime/vault/promote/fake-github.ts';

/** Holds what is asked of an API, and what is answered, against its description. */
export class DescribedApi {
  /** What was other than described, and where. */
  readonly faults: string[] = [];
  /** Names of the operations that were asked. */
  readonly asked = new Set<string>();
  readonly #document: JsonObject;
  readonly #operations: readonly ApiOperation[];

  /** `paths`: those that are asked; the rest of the document is left out. */
  constructor(document: JsonObject, paths: readonly string[]) {
    this.#document = document;
    this.#operations = readOperations(excerpt(document, paths));
  }

  /** The answer, with whatever it lacks taken from the description's own example. */
  answer(exchange: Exchange): unknown {
    const { method, path, status, answer } = exchange;
    const operation = this.#operations.find((each) => each.method === method && patternOf(each.path).test(path));
    if (operation === undefined) {
      // What is not described is not there.
      if (status !== 404) this.faults.push(`${method} ${path}: there is no such operation`);
      return answer;
    }
    this.asked.add(operation.name);
    this.#checkRequest(operation, exchange);
    return this.#completed(operation, status, answer);
  }

  #checkRequest(operation: ApiOperation, { path, query, type, body }: Exchange): void {
    const fault = (what: string): void => void this.faults.push(`${operation.name}: ${what}`);
    const given = new Map<string, string>([...query].map(([name, value]) => [`query ${name}`, value]));
    const found = patternOf(operation.path).exec(path)?.groups ?? {};
    for (const [name, value] of Object.entries(found)) given.set(`path ${name}`, decodeURIComponent(value));
    for (const { name, place, required, schema } of operation.parameters) {
      const value = given.get(`${place} ${name}`);
      given.delete(`${place} ${name}`);
      if (value === undefined && required && place !== 'header') fault(`it is not told ${name}`);
      if (value === undefined) continue;
      const isOne = [value, Number(value)].some((each) => faultsOf(schema, each).length === 0);
      if (!isOne) fault(`${value} is no ${name}`);
    }
    for (const name of given.keys()) fault(`it knows no ${name}`);
    if (operation.body === undefined) {
      if (body.length > 0 && type?.startsWith('application/json') === true) fault('it takes no JSON');
      return;
    }
    if (body.length === 0) return void (operation.body.required && fault('it is sent nothing'));
    const value = JSON.parse(body.toString()) as JsonObject;
    for (const each of faultsOf(operation.body.schema, value)) fault(`what is sent: ${each}`);
    for (const name of Object.keys(value)) if (!knows(operation.body.schema, name)) fault(`what is sent: it knows no ${name}`);
  }

  #completed(operation: ApiOperation, status: number, answer: unknown): unknown {
    const fault = (what: string): void => void this.faults.push(`${operation.name}, answer ${status}: ${what}`);
    const response = operation.responses.get(String(status));
    if (response === undefined && status < 400) fault('it is not described');
    if (response === undefined || status >= 400) return answer;
    const schema = response.content.get('application/json');
    if (schema === undefined) return answer;
    const example = this.#example(operation, status);
    for (const each of unknownIn(schema, answer as JsonValue, '')) fault(`it knows no ${each}`);
    const whole = filled(example, answer as JsonValue);
    const theirs = new Set(faultsOf(schema, example));
    for (const each of faultsOf(schema, whole)) if (!theirs.has(each)) fault(each);
    return whole;
  }

  #example({ method, path }: ApiOperation, status: number): JsonValue {
    const steps = ['paths', path, method.toLowerCase(), 'responses', String(status), 'content', 'application/json', 'examples'];
    const examples = steps.reduce<JsonValue | undefined>((at, step) => member(this.#follow(at), step), this.#document);
    const first = isJsonObject(examples) ? Object.values(examples)[0] : undefined;
    return member(this.#follow(first), 'value') ?? null;
  }

  #follow(value: JsonValue | undefined): JsonValue | undefined {
    return targetOf(this.#document, value) ?? value;
  }
}

function member(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return isJsonObject(value) ? value[name] : undefined;
}

function targetOf(document: JsonObject, value: JsonValue | undefined): JsonValue | undefined {
  const reference = member(value, '$ref');
  if (typeof reference !== 'string') return undefined;
  return reference.slice(2).split('/').reduce<JsonValue | undefined>(member, document);
}

/** `/repos/{owner}` as an expression with a group `owner`. */
function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
}

/** These paths, and all that they refer to. */
function excerpt(document: JsonObject, paths: readonly string[]): JsonObject {
  const components: Record<string, Record<string, JsonValue>> = {};
  const take = (value: JsonValue | undefined): void => {
    const reference = member(value, '$ref');
    const [, , kind = '', name = ''] = typeof reference === 'string' ? reference.split('/') : [];
    const target = targetOf(document, value);
    if (target !== undefined && components[kind]?.[name] === undefined) {
      (components[kind] ??= {})[name] = target;
      take(target);
    }
    if (typeof value === 'object' && value !== null) for (const each of Object.values(value)) take(each);
  };
  const all = member(document, 'paths');
  const kept = Object.fromEntries(
    paths.flatMap((path) => (member(all, path) === undefined ? [] : [[path, member(all, path) ?? null]])),
  );
  take(kept);
  return { openapi: document['openapi'] ?? null, paths: kept, components };
}

const checks = new WeakMap<JsonObject, ReturnType<ReturnType<typeof newAjv>['compile']>>();

function faultsOf(schema: JsonObject, value: unknown): string[] {
  // GitHub has formats of its own.
  const check = checks.get(schema) ?? newAjv({ validateSchema: false, logger: false }).compile(schema);
  checks.set(schema, check);
  return check(value) ? [] : (check.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** Parts of a schema that say something of a property, or, for `items`, of the items of a list. */
function partsOf(schema: JsonObject, root: JsonObject, pick: (schema: JsonObject) => JsonValue | undefined): JsonObject[] {
  const target = targetOf(root, schema);
  if (isJsonObject(target)) return partsOf(target, root, pick);
  const own = pick(schema);
  const alternatives = ['allOf', 'anyOf', 'oneOf'].flatMap((word) => (Array.isArray(schema[word]) ? schema[word] : []));
  return [
    ...(isJsonObject(own) ? [own] : []),
    ...alternatives.flatMap((each) => (isJsonObject(each) ? partsOf(each, root, pick) : [])),
  ];
}

function knows(schema: JsonObject, name: string): boolean {
  return partsOf(schema, schema, (each) => member(each['properties'], name)).length > 0;
}

/** Names in a value that its schema does not have. Where a schema names none, all are. */
function unknownIn(schema: JsonObject, value: JsonValue, at: string, root = schema): string[] {
  if (Array.isArray(value)) {
    const [items] = partsOf(schema, root, (each) => each['items']);
    return items === undefined ? [] : value.flatMap((each) => unknownIn(items, each, at, root));
  }
  if (!isJsonObject(value) || partsOf(schema, root, (each) => each['properties']).length === 0) return [];
  return Object.entries(value).flatMap(([name, each]) => {
    const [part] = partsOf(schema, root, (own) => member(own['properties'], name));
    return part === undefined ? [`${at}/${name}`] : unknownIn(part, each ?? null, `${at}/${name}`, root);
  });
}

/** What is ours, and from the example whatever is not. */
function filled(example: JsonValue | undefined, ours: JsonValue): JsonValue {
  if (Array.isArray(ours)) return ours.map((each) => filled(Array.isArray(example) ? example[0] : undefined, each));
  if (!isJsonObject(ours) || !isJsonObject(example)) return ours;
  const merged = Object.entries(ours).map(([name, each]) => [name, filled(example[name], each ?? null)] as const);
  return { ...example, ...Object.fromEntries(merged) };
}
