import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type LineCounter, type ParsedNode, parseDocument } from 'yaml';

export interface Yaml {
  document: Document.Parsed;
  contents: ParsedNode | null;
  /** The first thing that is wrong. */
  fault: { message: string; offset: number } | undefined;
}

export interface YamlOptions {
  lines?: LineCounter;
  /** A key that stands twice is a fault; true if nothing is said. */
  uniqueKeys?: boolean;
}

/**
 * Reads YAML in time in proportion to its length, whatever it holds: the parser's own errors show a piece of the source each, and its own
 * search for equal keys compares all of them. Throws where the nesting is too deep for the stack.
 */
export function readYaml(text: string, { lines, uniqueKeys = true }: YamlOptions = {}): Yaml {
  const document = withoutStacks(() =>
    parseDocument(text, {
      prettyErrors: false,
      uniqueKeys: false,
      logLevel: 'silent',
      ...(lines === undefined ? {} : { lineCounter: lines }),
    }),
  );
  const [error] = document.errors;
  const wrong = error === undefined ? undefined : { message: error.message.split('\n', 1)[0] ?? '', offset: error.pos[0] };
  const found = firstFault(document, { uniqueKeys });
  const fault = found !== undefined && (wrong === undefined || found.offset < wrong.offset) ? found : wrong;
  return { document, contents: document.contents, fault };
}

/** A file that is no YAML at all may have as many errors as characters, and each would keep its stack. */
function withoutStacks<T>(work: () => T): T {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = limit;
  }
}

/** Each alias is looked up from the beginning of the document: thousands of them take minutes. */
const MAX_ALIASES = 1000;

/** The first key that its map has already, or the first alias too many. */
function firstFault({ contents }: Document.Parsed, { uniqueKeys }: { uniqueKeys: boolean }): Yaml['fault'] {
  let first: Yaml['fault'];
  let aliases = 0;
  const report = (message: string, node: unknown): void => {
    const offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
    if (first === undefined || offset < first.offset) first = { message, offset };
  };
  const pending: unknown[] = [contents];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (isAlias(node) && ++aliases === MAX_ALIASES) report(`More than ${MAX_ALIASES} aliases`, node);
    if (isSeq(node)) for (const item of node.items) pending.push(item ?? null);
    if (!isMap(node)) continue;
    const seen = new Set<unknown>();
    for (const { key, value } of node.items) {
      pending.push(value ?? null, isScalar(key) ? null : (key ?? null));
      if (!uniqueKeys || !isScalar(key)) continue;
      if (seen.has(key.value)) report('Map keys must be unique', key);
      seen.add(key.value);
    }
  }
  return first;
}
