/**
 * A piece of TypeScript that is laid out as formatters do: on one line if it fits, else one item per line. Strings are taken as they are; the
 * string of a line break alone is one, all others hold none.
 */
export type Doc = string | readonly Doc[] | Group;

interface Group {
  kind: 'list' | 'union';
  open: string;
  items: readonly Doc[];
  close: string;
  /** Stands between items. */
  separator: string;
  /** Stands after the last item when broken. */
  trailing: string;
  /** Spaces inside the brackets when on one line. */
  padded: boolean;
  /** Never on one line. */
  broken: boolean;
}

export const WIDTH = 120;

export function object(items: readonly Doc[], options: { broken?: boolean } = {}): Doc {
  return items.length === 0 ? '{}' : listOf('{', items, '}', { padded: true, broken: options.broken ?? false });
}

/** Members of an interface or object type: always one a line. */
export function members(items: readonly Doc[]): Doc {
  return items.length === 0 ? '{}' : listOf('{', items, '}', { separator: ';', trailing: ';', broken: true });
}

/** An object type inside a larger type: `{ a: string; b: number }`. */
export function objectType(items: readonly Doc[]): Doc {
  return items.length === 0 ? '{}' : listOf('{', items, '}', { separator: ';', trailing: ';', padded: true });
}

export function array(items: readonly Doc[]): Doc {
  return items.length === 0 ? '[]' : listOf('[', items, ']');
}

/** Calls with a function among their arguments: beside other arguments they are each put on a line of their own. */
const withFunction = new WeakSet<object>();

/** `name(a, b)`; a sole object or list hugs the parentheses. */
export function call(name: string, args: readonly Doc[]): Doc {
  const [only] = args;
  const hugged = args.length === 0 || (args.length === 1 && typeof only === 'object' && 'kind' in only && only.kind === 'list');
  const doc: Doc = hugged
    ? [`${name}(`, only ?? '', ')']
    : [name, listOf('(', args, ')', { broken: args.length > 1 && args.some(callsWithFunction) })];
  if (args.some((arg) => typeof arg === 'string' && /^\([^()]*\) =>/.test(arg))) withFunction.add(doc);
  return doc;
}

function callsWithFunction(doc: Doc): boolean {
  return typeof doc === 'string' ? /\w\(\([^()]*\) =>/.test(doc) : withFunction.has(doc);
}

/** `'a' | 'b'`. */
export function union(items: readonly Doc[]): Doc {
  const [only] = items;
  if (items.length <= 1) return only ?? 'never';
  return { kind: 'union', open: '', items, close: '', separator: ' |', trailing: '', padded: false, broken: false };
}

function listOf(open: string, items: readonly Doc[], close: string, options: Partial<Group> = {}): Group {
  return { kind: 'list', open, items, close, separator: ',', trailing: ',', padded: false, broken: false, ...options };
}

/** Lays out `before + doc + after`, where `before` starts at `indent`. */
export function layout(before: string, doc: Doc, options: { after?: string; indent?: number } = {}): string {
  const { after = '', indent = 0 } = options;
  const printer = new Printer();
  printer.text(' '.repeat(indent) + before);
  printer.put(doc, indent, after.length);
  printer.text(after);
  return printer.output;
}

class Printer {
  output = '';
  #column = 0;

  text(text: string): void {
    this.output += text;
    this.#column += text.length;
  }

  line(indent: number): void {
    this.output += `\n${' '.repeat(indent)}`;
    this.#column = indent;
  }

  /** `rest`: how many characters follow on the same line whatever happens. */
  put(doc: Doc, indent: number, rest: number): void {
    if (doc === '\n') this.line(indent);
    else if (typeof doc === 'string') this.text(doc);
    else if (isSequence(doc)) doc.forEach((part, index) => this.put(part, indent, rest + headOf(doc.slice(index + 1))));
    else this.#putGroup(doc, indent, rest);
  }

  #putGroup(group: Group, indent: number, rest: number): void {
    const oneLine = flat(group);
    if (oneLine !== undefined && this.#column + oneLine.length + rest <= WIDTH) this.text(oneLine);
    else if (group.kind === 'union') this.#putUnion(group, indent, rest);
    else this.#putList(group, indent);
  }

  #putList(group: Group, indent: number): void {
    this.text(group.open);
    group.items.forEach((item, index) => {
      this.line(indent + 2);
      this.put(item, indent + 2, 1);
      this.text(index < group.items.length - 1 ? group.separator : group.trailing);
    });
    this.line(indent);
    this.text(group.close);
  }

  #putUnion(group: Group, indent: number, rest: number): void {
    for (const item of group.items) {
      this.line(indent + 2);
      this.text('| ');
      this.put(item, indent + 4, rest);
    }
  }
}

function isSequence(doc: Doc): doc is readonly Doc[] {
  return Array.isArray(doc);
}

/** On one line, or undefined if something inside must be broken. */
function flat(doc: Doc): string | undefined {
  if (typeof doc === 'string') return doc === '\n' ? undefined : doc;
  const parts = (isSequence(doc) ? doc : doc.items).map(flat);
  if (parts.includes(undefined)) return undefined;
  if (isSequence(doc)) return parts.join('');
  if (doc.broken) return undefined;
  const pad = doc.padded ? ' ' : '';
  return doc.open + pad + parts.join(`${doc.separator} `) + pad + doc.close;
}

/** Length of what comes before the first place where `docs` could break. */
function headOf(docs: readonly Doc[]): number {
  let length = 0;
  for (const doc of docs) {
    if (doc === '\n') return length;
    if (typeof doc === 'string') length += doc.length;
    else return length + (isSequence(doc) ? headOf(doc) : doc.open.length);
  }
  return length;
}
