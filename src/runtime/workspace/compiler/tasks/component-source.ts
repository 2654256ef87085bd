import type { JsonObject } from '../../../../base/json.ts';
import type { Operation, Payload } from '../api/operation.ts';
import type { ComponentFragment } from '../fragments.ts';
import { importLine } from '../import-line.ts';
import { array, type Doc, layout, object } from '../layout.ts';
import { capital, docComment, oneLine, stringLiteral, withArticle } from '../literal.ts';
import { lowerFirst, nameAllocator, typeName } from '../names.ts';
import { returnOperation } from '../return-operation.ts';
import { contractNames } from '../schema/contract-schema.ts';

/** Names that a component's module exports. */
export function componentNames(component: { name: string; slug: string }): Record<'port' | 'stub' | 'interfaces', string> {
  const type = typeName(component);
  return { port: `${type}Port`, stub: `${type}Stub`, interfaces: `${lowerFirst(type)}Interfaces` };
}

/** An interface as it is listed in code and in `api/*.interfaces.json`. */
export interface InterfaceListing extends JsonObject {
  kind: string;
  name: string;
  description: string;
  operation?: string;
  document?: string;
  entry?: string;
}

/** Local names: a contract whose name the component itself uses is imported under another. */
export class ComponentSource {
  readonly #component: ComponentFragment;
  readonly #operations: readonly Operation[];
  readonly #names: ReturnType<typeof componentNames>;
  readonly #allocate: (wanted: string) => string;
  readonly #contracts = new Map<string, { type: string; parse: string; imports: string[] }>();
  readonly #helpers = new Set<string>();

  constructor(component: ComponentFragment, operations: readonly Operation[]) {
    this.#component = component;
    this.#operations = operations;
    this.#names = componentNames(component);
    const helpers = ['operation', 'parseJsonObject', 'parseListOf', 'parseNothing'];
    this.#allocate = nameAllocator([...Object.values(this.#names), ...helpers]);
  }

  write(interfaces: readonly InterfaceListing[]): string {
    const { port, stub, interfaces: constant } = this.#names;
    const { name, responsibilities } = this.#component;
    const signatures = this.#operations.map((operation) => this.#signature(operation));
    const methods = this.#operations.map((operation) => this.#method(operation));
    return `${this.#imports()}${docComment([oneLine(name), ...responsibilities])}export interface ${port} {${signatures.length > 0 ? '\n' : ''}${signatures.join('\n')}}

${docComment([`${capital(withArticle(port))} that calls the handlers it is given, and lets nothing through that breaks a contract.`, 'An operation without a handler rejects with NotImplemented.'])}export class ${stub} implements ${port} {
${this.#handlerField(methods.length > 0)}${methods.join('')}}

${docComment(['The interfaces that the specification names, and the documents that describe them.'])}${layout(
      `export const ${constant} = `,
      array(interfaces.map(listingDoc)),
      { after: ' as const;' },
    )}
`;
  }

  #handlerField(hasMethods: boolean): string {
    const { port } = this.#names;
    if (!hasMethods) return '';
    return `  readonly #handlers: Partial<${port}>;

  constructor(handlers: Partial<${port}> = {}) {
    this.#handlers = handlers;
  }
`;
  }

  #signature({ name, doc, input, output }: Operation): string {
    return `${docComment([doc], '  ')}  ${name}(${argument(input)}: ${this.#type(input)}): Promise<${this.#type(output)}>;\n`;
  }

  #method({ name, input, output }: Operation): string {
    const { port } = this.#names;
    this.#helpers.add('operation');
    const value = argument(input);
    return `
  ${name}(${value}: ${this.#type(input)}): Promise<${this.#type(output)}> {
    const boundary = { input: ${this.#parse(input)}, output: ${this.#parse(output)} };
    const handler = this.#handlers.${name}?.bind(this.#handlers);
${returnOperation(`${port}.${name}`, value)}
  }
`;
  }

  #type(payload: Payload): string {
    if (payload.shape === 'nothing') return 'void';
    if (payload.shape === 'contract') return this.#contract(payload.contract).type;
    if (payload.shape === 'list') return `${this.#contract(payload.contract).type}[]`;
    this.#helpers.add('type JsonObject');
    return payload.shape === 'object' ? 'JsonObject' : 'JsonObject[]';
  }

  #parse(payload: Payload): string {
    if (payload.shape === 'contract') return this.#contract(payload.contract).parse;
    const helper = payload.shape === 'nothing' ? 'parseNothing' : payload.shape === 'object' ? 'parseJsonObject' : 'parseListOf';
    this.#helpers.add(helper);
    if (payload.shape === 'list') return `parseListOf(${this.#contract(payload.contract).parse})`;
    if (payload.shape !== 'objects') return helper;
    this.#helpers.add('parseJsonObject');
    return 'parseListOf(parseJsonObject)';
  }

  #contract(contract: { name: string; slug: string }): { type: string; parse: string } {
    const known = this.#contracts.get(contract.slug);
    if (known) return known;
    const names = contractNames(contract);
    const local = { type: this.#allocate(names.type), parse: this.#allocate(names.parse) };
    const alias = (name: string, as: string): string => (name === as ? name : `${name} as ${as}`);
    const made = { ...local, imports: [alias(names.parse, local.parse), `type ${alias(names.type, local.type)}`] };
    this.#contracts.set(contract.slug, made);
    return made;
  }

  #imports(): string {
    const helpers = [...this.#helpers].filter((name) => name !== 'type JsonObject');
    const lines = [
      ...(this.#helpers.has('type JsonObject') ? [importLine(['type JsonObject'], '../base/json.js')] : []),
      ...(helpers.length > 0 ? [importLine(helpers, '../base/operation.js')] : []),
      ...[...this.#contracts].map(([slug, { imports }]) => importLine(imports, `../contracts/${slug}.js`)),
    ];
    return lines.length > 0 ? `${lines.join('')}\n` : '';
  }
}

function argument(payload: Payload): string {
  return payload.shape === 'contract' ? 'value' : 'request';
}

function listingDoc(listing: InterfaceListing): Doc {
  return object(
    Object.entries(listing).flatMap(([key, value]) => (typeof value === 'string' ? [`${key}: ${stringLiteral(value)}`] : [])),
    { broken: true },
  );
}
