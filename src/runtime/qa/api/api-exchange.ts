import { isJsonObject, type JsonValue, parsedJson } from '../../../base/json.ts';
import { ContractRoot } from '../contracts/contract-root.ts';
import { type ApiRequest, fetchable } from './api-request.ts';
import { type ApiOperation, type ApiResponse, isJsonType } from './read-operations.ts';

/** Something that a service does other than its description says. */
export class ApiFault extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const ANSWER_MS = 10_000;
const MAX_BODY = 8 * 1024 * 1024;

/** Asks a running service, and holds what it answers against its description. */
export class ApiExchange {
  readonly #base: string;
  readonly #operations: ReadonlyMap<string, ApiOperation>;
  readonly #signal: AbortSignal | undefined;
  readonly #schemas = new Map<object, ContractRoot>();

  constructor(base: string, operations: readonly ApiOperation[], signal?: AbortSignal) {
    this.#base = base.replace(/\/$/, '');
    this.#operations = new Map(operations.flatMap((each) => (each.id === undefined ? [] : [[each.id, each]])));
    this.#signal = signal;
  }

  /** A request that is right must be answered as described, and its links must lead somewhere. Throws `ApiFault`. */
  async asDescribed(operation: ApiOperation, request: ApiRequest): Promise<void> {
    const answer = await this.#ask(operation, request);
    const described = this.#check(operation, answer);
    await this.#followLocation(operation, answer);
    if (answer.status < 300) for (const link of described?.links ?? []) await this.#followLink(link, request, answer);
  }

  /** A request that is wrong must be refused, for being wrong. Throws `ApiFault`. */
  async refused(operation: ApiOperation, request: ApiRequest): Promise<void> {
    const answer = await this.#ask(operation, request);
    if (answer.status >= 500) this.#check(operation, answer);
    if (answer.status < 400)
      throw new ApiFault('QA_API_ACCEPTS_INVALID', `It answers ${answer.status} to what its description does not allow.`);
  }

  async #ask(operation: ApiOperation, request: ApiRequest): Promise<Answer> {
    const { url, init } = fetchable(operation, request, this.#base);
    return this.#fetch(url, init);
  }

  async #fetch(url: string, init: RequestInit): Promise<Answer> {
    const late = AbortSignal.timeout(ANSWER_MS);
    const signal = this.#signal === undefined ? late : AbortSignal.any([late, this.#signal]);
    try {
      const response = await fetch(url, { ...init, signal });
      const text = await response.text();
      if (text.length > MAX_BODY) throw new ApiFault('QA_API_SCHEMA', 'Its answer is larger than 8 MiB.');
      return {
        status: response.status,
        type: (response.headers.get('content-type') ?? '').toLowerCase(),
        location: response.headers.get('location'),
        text,
      };
    } catch (error) {
      if (error instanceof ApiFault) throw error;
      const why =
        error instanceof Error
          ? `${error.message}${error.cause instanceof Error ? `: ${error.cause.message}` : ''}`
          : String(error);
      throw new ApiFault('QA_API_UNREACHABLE', late.aborted ? 'It gives no answer within 10 s.' : `It cannot be reached: ${why}`);
    }
  }

  #check(operation: ApiOperation, { status, type, text }: Answer): ApiResponse | undefined {
    if (status >= 500) throw new ApiFault('QA_API_SERVER_ERROR', `It answers ${status}: ${text.slice(0, 300)}`);
    const described =
      operation.responses.get(String(status)) ??
      operation.responses.get(`${Math.floor(status / 100)}XX`) ??
      operation.responses.get('DEFAULT');
    if (described === undefined)
      throw new ApiFault(
        'QA_API_STATUS',
        `It answers ${status}, which is not among ${[...operation.responses.keys()].join(', ')}.`,
      );
    if (described.content.size === 0 || operation.method === 'HEAD') return described;
    const own = type.split(';')[0]?.trim() ?? '';
    const named = [...described.content.keys()].find((each) => fits(each, own));
    if (named === undefined)
      throw new ApiFault(
        'QA_API_CONTENT_TYPE',
        `It answers ${status} as \`${own}\`, not as ${[...described.content.keys()].join(', ')}.`,
      );
    const schema = described.content.get(named);
    if (schema !== undefined && isJsonType(own)) this.#checkBody(text, schema, status);
    return described;
  }

  #checkBody(
    text: string,
    schema: NonNullable<ApiResponse['content'] extends ReadonlyMap<string, infer S> ? S : never>,
    status: number,
  ): void {
    const value = parsedJson(text);
    if (value === undefined) throw new ApiFault('QA_API_SCHEMA', `Its answer with ${status} is no JSON: ${text.slice(0, 200)}`);
    const root = this.#schemas.get(schema) ?? new ContractRoot(schema);
    this.#schemas.set(schema, root);
    const [first] = root.faults(value);
    if (first !== undefined)
      throw new ApiFault(
        'QA_API_SCHEMA',
        `Its answer with ${status} breaks \`${first.keyword}\` at ${first.path === '' ? 'the root' : first.path}: ${text.slice(0, 300)}`,
      );
  }

  /** Whoever is told that something was made can read it. */
  async #followLocation({ method }: ApiOperation, { status, location }: Answer): Promise<void> {
    if (status !== 201 || location === null || method === 'GET') return;
    const target = new URL(location, `${this.#base}/`);
    if (target.origin !== new URL(this.#base).origin) return;
    const answer = await this.#fetch(target.href, { method: 'GET', redirect: 'manual' });
    if (answer.status >= 400)
      throw new ApiFault('QA_API_LINK', `Its \`Location\` leads to ${target.pathname}, which answers ${answer.status}.`);
  }

  async #followLink(
    { operationId, parameters }: ApiResponse['links'][number],
    request: ApiRequest,
    answer: Answer,
  ): Promise<void> {
    const operation = this.#operations.get(operationId);
    if (operation === undefined)
      throw new ApiFault('QA_API_LINK', `A link names the operation \`${operationId}\`, which there is not.`);
    const values = Object.entries(parameters).flatMap(([name, expression]) => {
      const plain = name.replace(/^(?:path|query|header|cookie)\./, '');
      const parameter = operation.parameters.find((each) => each.name === plain);
      const value = evaluated(expression, request, answer);
      return parameter === undefined || value === undefined ? [] : [[`${parameter.place} ${plain}`, value] as const];
    });
    // What else it needs nobody has said.
    const known = new Set(values.map(([name]) => name));
    if (
      operation.body?.required === true ||
      operation.parameters.some(({ name, place, required }) => required && !known.has(`${place} ${name}`))
    )
      return;
    const followed = await this.#ask(operation, { parameters: Object.fromEntries(values) });
    this.#check(operation, followed);
    if (followed.status >= 400)
      throw new ApiFault('QA_API_LINK', `The link to \`${operationId}\` is answered with ${followed.status}.`);
  }
}

interface Answer {
  status: number;
  type: string;
  location: string | null;
  text: string;
}

function fits(described: string, own: string): boolean {
  const type = described.split(';')[0]?.trim() ?? '';
  return type === own || type === '*/*' || (type.endsWith('/*') && own.startsWith(type.slice(0, -1)));
}

/** Runtime expressions of OpenAPI 3: what can be had of a response's body, and of a request's parameters. */
function evaluated(expression: JsonValue | undefined, request: ApiRequest, { text }: Answer): JsonValue | undefined {
  if (typeof expression !== 'string' || !expression.startsWith('$')) return expression;
  const [, place, name = ''] = /^\$request\.(path|query|header)\.(.+)$/.exec(expression) ?? [];
  if (place !== undefined) return request.parameters[`${place} ${name}`];
  const pointer = /^\$(response|request)\.body#(.*)$/.exec(expression);
  if (pointer === null) return undefined;
  const body = pointer[1] === 'request' ? request.body : parsedJson(text);
  return (pointer[2] ?? '')
    .split('/')
    .slice(1)
    .reduce<JsonValue | undefined>(
      (at, token) => (isJsonObject(at) ? at[token.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined),
      body,
    );
}
