import { slug as slugOf } from '../../../../base/text.ts';
import type { ComponentFragment, InterfaceFragment, Named } from '../fragments.ts';
import { capital, oneLine, withArticle } from '../literal.ts';
import { nameAllocator, typeName, valueName } from '../names.ts';

/** What an operation takes or gives: a contract, a list of one, any JSON object, or nothing. */
export type Payload = { shape: 'contract' | 'list'; contract: Named } | { shape: 'object' | 'objects' | 'nothing' };

/** One method of a component's port. */
export interface Operation {
  name: string;
  doc: string;
  input: Payload;
  output: Payload;
  /** The interface it stands for; none for taking or giving a contract. */
  of?: InterfaceFragment;
}

const OBJECT: Payload = { shape: 'object' };
const NOTHING: Payload = { shape: 'nothing' };

/** The operations of a component: one for each interface that can be called, one for each contract it takes or gives. */
export function operationsOf(component: ComponentFragment): Operation[] {
  const allocate = nameAllocator(['constructor', 'then', 'toString']);
  const distinct = component.interfaces.filter((item, index, all) => !all.slice(0, index).some((other) => sameCall(item, other)));
  const calls = distinct.flatMap((item) => callOf(item, component));
  const takes = component.consumes.map((contract) =>
    transfer('accept', `Takes ${withArticle(typeName(contract))} that others produce.`, contract),
  );
  const gives = component.produces.map((contract) =>
    transfer('emit', `Gives ${withArticle(typeName(contract))} to its consumers.`, contract),
  );
  return [...calls, ...takes, ...gives].map((operation) => ({ ...operation, name: allocate(operation.name) }));
}

function transfer(verb: string, doc: string, contract: Named): Operation {
  return { name: valueName(verb, typeName(contract)), doc, input: { shape: 'contract', contract }, output: NOTHING };
}

function callOf(item: InterfaceFragment, component: ComponentFragment): Operation[] {
  const contract = contractFor(item, component);
  const one: Payload = contract ? { shape: 'contract', contract } : OBJECT;
  const many: Payload = contract ? { shape: 'list', contract } : { shape: 'objects' };
  const operation = (verb: string, input: Payload, output: Payload): Operation[] => [
    { name: valueName(verb, pathWords(item)), doc: describe(item), input, output, of: item },
  ];
  switch (item.kind) {
    case 'rest': {
      const { method } = restOf(item);
      if (method === 'get') return operation(method, OBJECT, restOf(item).path.endsWith('}') ? one : many);
      return operation(method, method === 'delete' ? OBJECT : one, method === 'delete' ? NOTHING : one);
    }
    case 'grpc':
      return operation('call', OBJECT, OBJECT);
    case 'topic':
    case 'channel':
    case 'stream':
    case 'websocket':
      return operation('publish', one, NOTHING);
    case 'sql-view':
      return operation('query', OBJECT, many);
    default:
      return [];
  }
}

/** The same method and path written twice is one call. */
export function sameCall(a: InterfaceFragment, b: InterfaceFragment): boolean {
  if (a.kind !== 'rest' || b.kind !== 'rest') return false;
  const [left, right] = [restOf(a), restOf(b)];
  return left.method === right.method && left.path === right.path;
}

const KIND_NAMES: Record<string, string> = {
  rest: 'REST',
  grpc: 'gRPC',
  cli: 'CLI',
  websocket: 'WebSocket',
  'sql-view': 'SQL view',
  'file-store': 'File store',
};

function describe({ kind, name, description }: InterfaceFragment): string {
  const label = KIND_NAMES[kind] ?? capital(oneLine(kind));
  const words = oneLine(description);
  const address = `${label} \`${oneLine(name).replaceAll('`', "'")}\``;
  return address.toLowerCase().includes(words.toLowerCase()) ? `${address}.` : `${address}: ${words}.`;
}

const METHODS = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']);

/** Method and path of a REST interface; `:id` becomes `{id}`, a full URL its path, no method POST. */
export function restOf({ name, method, path }: InterfaceFragment): { method: string; path: string } {
  const words = name.trim().split(/\s+/);
  const verb = (method ?? words[0] ?? '').toLowerCase();
  const address = path ?? words.at(-1) ?? '';
  const local = address
    .replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '')
    .replace(/[?#].*$/, '')
    .replace(/:([A-Za-z_]\w*)/g, '{$1}');
  return { method: METHODS.has(verb) ? verb : 'post', path: `/${local.replace(/^\/+/, '')}` };
}

function pathWords(item: InterfaceFragment): string {
  return item.kind === 'rest' ? restOf(item).path : item.name.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '');
}

/** The contract that an interface carries: the one that shares most words with its address. */
export function contractFor(item: InterfaceFragment, { produces, consumes }: ComponentFragment): Named | undefined {
  const words = wordsOf(pathWords(item).replace(/\{[^}]*\}/g, ' '));
  let best: { contract: Named; score: number } | undefined;
  for (const contract of [...produces, ...consumes]) {
    const score = [...wordsOf(contract.slug)].filter((word) => words.has(word)).length;
    if (score > (best?.score ?? 0)) best = { contract, score };
  }
  return best?.contract;
}

function wordsOf(text: string): Set<string> {
  return new Set(
    slugOf(text)
      .split('-')
      .filter((word) => word.length > 2)
      .map((word) => word.replace(/(?<=.{3})ies$/, 'y').replace(/(?<=.{2}[^s])s$/, '')),
  );
}

/** An ASCII identifier for documents whose names allow nothing else. */
export function asciiName(name: string): string {
  const ascii = name.replace(/[^A-Za-z0-9_]/gu, (character) => `u${character.codePointAt(0)?.toString(16) ?? ''}`);
  return /^[A-Za-z]/.test(ascii) ? ascii : `x${ascii}`;
}
