import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/json.ts';
import { objectIn, textIn } from '../../../spec/documents/members.ts';
import { modernSchema } from '../../../spec/documents/open-api.ts';

const METHODS = ['get', 'head', 'post', 'put', 'patch', 'delete', 'options', 'trace', 'query'];

/** An operation of an OpenAPI 3 document, with its references followed. */
export interface ApiOperation {
  /** `GET /parcels/{id}`. */
  name: string;
  id: string | undefined;
  method: string;
  path: string;
  parameters: readonly ApiParameter[];
  /** Schema of the JSON that it takes; undefined if it takes none. */
  body: { schema: JsonObject; type: string; required: boolean } | undefined;
  /** It must be sent something that is not JSON. */
  foreign: boolean;
  /** By status: `200`, `4XX`, `default`. */
  responses: ReadonlyMap<string, ApiResponse>;
}

export interface ApiParameter {
  name: string;
  place: 'path' | 'query' | 'header' | 'cookie';
  required: boolean;
  schema: JsonObject;
}

export interface ApiResponse {
  /** Schemas by media type; undefined where the type has none. */
  content: ReadonlyMap<string, JsonObject | undefined>;
  links: readonly ApiLink[];
}

export interface ApiLink {
  operationId: string;
  /** Parameter → runtime expression or value. */
  parameters: JsonObject;
}

/** All operations of a document; each schema can stand alone. */
export function readOperations(given: JsonObject): ApiOperation[] {
  const document = textIn(given, 'openapi')?.startsWith('3.0') === true ? modernSchema(given) : given;
  const reader = new OperationReader(document);
  return Object.entries(objectIn(document, 'paths')).flatMap(([path, each]) => {
    const item = reader.resolved(each);
    return METHODS.flatMap((method) => (isJsonObject(item[method]) ? [reader.read(method, path, item)] : []));
  });
}

class OperationReader {
  readonly #document: JsonObject;

  constructor(document: JsonObject) {
    this.#document = document;
  }

  read(method: string, path: string, item: JsonObject): ApiOperation {
    const operation = objectIn(item, method);
    const body = this.resolved(operation['requestBody']);
    const content = objectIn(body, 'content');
    const type = Object.keys(content).find(isJsonType);
    const required = body['required'] === true;
    return {
      name: `${method.toUpperCase()} ${path}`,
      id: textIn(operation, 'operationId'),
      method: method.toUpperCase(),
      path,
      parameters: this.#parameters(item, operation),
      body: type === undefined ? undefined : { schema: this.#schema(objectIn(content, type)['schema']), type, required },
      foreign: type === undefined && required,
      responses: new Map(
        Object.entries(objectIn(operation, 'responses')).map(([status, each]) => [status.toUpperCase(), this.#response(each)]),
      ),
    };
  }

  resolved(value: JsonValue | undefined, depth = 0): JsonObject {
    if (!isJsonObject(value)) return {};
    const { $ref } = value;
    if (typeof $ref !== 'string' || depth > 20) return value;
    const target = $ref
      .replace(/^#\//, '')
      .split('/')
      .reduce<JsonValue | undefined>(
        (at, token) => (isJsonObject(at) ? at[decodeURIComponent(token).replaceAll('~1', '/').replaceAll('~0', '~')] : undefined),
        this.#document,
      );
    return this.resolved(target, depth + 1);
  }

  #schema(value: JsonValue | undefined): JsonObject {
    const components = this.#document['components'];
    const schema = isJsonObject(value) ? value : {};
    return components === undefined ? schema : { ...schema, components };
  }

  #parameters(item: JsonObject, operation: JsonObject): ApiParameter[] {
    const all = [item['parameters'], operation['parameters']].flatMap((list) => (Array.isArray(list) ? list : []));
    const found = new Map<string, ApiParameter>();
    for (const each of all) {
      const parameter = this.resolved(each);
      const name = textIn(parameter, 'name');
      const place = textIn(parameter, 'in');
      if (name === undefined || (place !== 'path' && place !== 'query' && place !== 'header' && place !== 'cookie')) continue;
      found.set(`${place} ${name}`, {
        name,
        place,
        required: place === 'path' || parameter['required'] === true,
        schema: this.#schema(parameter['schema']),
      });
    }
    return [...found.values()];
  }

  #response(value: JsonValue | undefined): ApiResponse {
    const response = this.resolved(value);
    const content = Object.entries(objectIn(response, 'content')).map(([type, media]) => {
      const schema = isJsonObject(media) && isJsonObject(media['schema']) ? this.#schema(media['schema']) : undefined;
      return [type.toLowerCase(), schema] as const;
    });
    const links = Object.values(objectIn(response, 'links')).flatMap((each) => {
      const link = this.resolved(each);
      const operationId = textIn(link, 'operationId');
      return operationId === undefined ? [] : [{ operationId, parameters: objectIn(link, 'parameters') }];
    });
    return { content: new Map(content), links };
  }
}

export function isJsonType(type: string): boolean {
  return /^application\/(?:[\w.+-]+\+)?json\b/i.test(type);
}
