import type { DiagnosticList } from '../../diagnostic-list.ts';
import { listEntries, type Passage, passageSlice, placeIn, plainText } from '../../markdown/passage.ts';
import type { Interface, SourceSpan } from '../../model.ts';
import { interfaceKind, ROUTE } from './interface-kinds.ts';

/** One written interface: the words, and the code span among them, if any. */
interface Mention {
  words: string;
  address: string | undefined;
  at: Passage;
}

/** Reads ``REST `POST /missions`, WebSocket channel `wss://events`, topics `a.*` and `b` ``. */
export function readInterfaces(passage: Passage, diagnostics: DiagnosticList): Interface[] {
  return mentionsIn(passage).map((mention) => readInterface(mention, diagnostics));
}

function mentionsIn(passage: Passage): Mention[] {
  const mentions: Mention[] = [];
  let wordsBefore = '';
  for (const entry of listEntries(passage)) {
    const { words, addresses } = partsOf(entry);
    // An address without words of its own is another of the kind before it: topics `a` and `b`.
    const own = words === '' ? wordsBefore : words;
    wordsBefore = own;
    if (addresses.length === 0) mentions.push({ words: own, address: undefined, at: entry });
    for (const address of addresses) mentions.push({ words: own, address: address.text, at: address });
  }
  return mentions;
}

/** Tells the code spans of an entry from the words around them. */
function partsOf(entry: Passage): { words: string; addresses: Passage[] } {
  const words: string[] = [];
  const addresses: Passage[] = [];
  let from = 0;
  for (let open = entry.text.indexOf('`'); open !== -1; open = entry.text.indexOf('`', from)) {
    const close = entry.text.indexOf('`', open + 1);
    if (close === -1) break;
    words.push(entry.text.slice(from, open));
    const address = passageSlice(entry, open + 1, close);
    if (address.text !== '') addresses.push(address);
    from = close + 1;
  }
  words.push(entry.text.slice(from));
  return { words: plainText(words.map(withoutJoiner).join(' ')), addresses };
}

function withoutJoiner(words: string): string {
  const trimmed = words.trim();
  return JOINERS.has(trimmed.toLowerCase()) ? '' : trimmed;
}

const JOINERS = new Set(['and', 'or', '&', '+', '/', ',', '.']);

function readInterface(mention: Mention, diagnostics: DiagnosticList): Interface {
  const kind = interfaceKind(mention.words, mention.address);
  if (kind === undefined) reportUnknown(mention, diagnostics);
  const name = mention.address ?? mention.words;
  const known = {
    kind: kind ?? 'tool',
    name,
    description: mention.address === undefined ? '' : mention.words,
    source: spanOf(mention.at),
  };
  return kind === 'rest' ? withRoute(known, diagnostics) : known;
}

function withRoute(known: Interface, diagnostics: DiagnosticList): Interface {
  const route = ROUTE.exec(known.name);
  if (route?.[1] !== undefined && route[2] !== undefined) {
    const method = route[1].toUpperCase();
    const { kind, description, source } = known;
    return { kind, name: `${method} ${route[2]}`, description, source, method, path: route[2] };
  }
  const message = `The REST interface \`${known.name}\` does not say its method.`;
  diagnostics.report('SPEC_INTERFACE_METHOD', known.source, { message, hint: `Write for instance \`GET ${known.name}\`.` });
  return known.name.startsWith('/') ? { ...known, path: known.name } : known;
}

function reportUnknown({ words, address, at }: Mention, diagnostics: DiagnosticList): void {
  const shown = address ?? words;
  const hint =
    'Name its kind before the address, for instance: REST `POST /orders`, topic `orders.placed`, CLI `shop import`, gRPC `shop.Orders`.';
  diagnostics.report('SPEC_INTERFACE_UNKNOWN', placeIn(at), {
    message: `What kind of interface is \`${shown}\`? It is kept as a tool.`,
    hint,
  });
}

export function spanOf(passage: Passage): SourceSpan {
  const { file, line, column } = placeIn(passage);
  return { file, line, column, endLine: passage.marks.at(-1)?.line ?? line };
}
