/** Text that is HTML already. Only `html` and `trusted` make it, so that whatever else gets into a page is escaped. */
export class Markup {
  readonly text: string;

  /** Use `html`. */
  constructor(text: string) {
    this.text = text;
  }
}

/** What a template may hold: text, which is escaped; markup, which is not; lists of these; or nothing. */
export type Content = string | number | Markup | readonly Content[] | null | undefined;

/**
 * HTML (and SVG inside of it) from a template. Values may stand between tags and inside of attributes that are in double quotes, and nowhere else:
 * not in a tag's or attribute's name, not in a script or a style, and not as a URL unless they begin with `#`.
 */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  const parts = withoutIndent(strings);
  let text = parts[0] ?? '';
  for (const [at, value] of values.entries()) text += textOf(value) + (parts[at + 1] ?? '');
  return new Markup(text);
}

const unindented = new WeakMap<TemplateStringsArray, readonly string[]>();

/** How a template is laid out in the source is no matter of the page, which it would make a third larger. */
function withoutIndent(strings: TemplateStringsArray): readonly string[] {
  const known = unindented.get(strings);
  if (known !== undefined) return known;
  const parts = strings.map((part) => part.replaceAll(/\n\s*/g, '\n'));
  unindented.set(strings, parts);
  return parts;
}

/** Text of our own that is markup as it stands. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

function textOf(value: Content): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return escaped(value);
  if (typeof value === 'number') return String(value);
  return value instanceof Markup ? value.text : value.map(textOf).join('');
}

/** Characters that mean something to an HTML parser, that it refuses, or that make a line read otherwise than it is written (Unicode TR 36). */
const SPECIAL = /[&<>"'`]|(?![\t\n])\p{Cc}|\p{Bidi_Control}|\p{Cs}|[\u2028\u2029\ufdd0-\ufdef\ufffe\uffff]/gu;

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

function escaped(text: string): string {
  return text.replace(SPECIAL, (character) => ENTITIES[character] ?? '\ufffd');
}

/** The beginning of a text that may be of any length, whole characters only. */
export function clipped(text: string, most: number): string {
  return text.length <= most
    ? text
    : `${text
        .slice(0, most - 1)
        .toWellFormed()
        .replace(/\ufffd$/, '')}…`;
}

/** As many items as fit, rendered: a page must stay a page, whatever a mission holds. */
export function fitting<T>(
  items: readonly T[],
  render: (item: T, at: number) => Markup,
  { most, characters }: { most: number; characters: number },
): { shown: Markup[]; omitted: number } {
  const shown: Markup[] = [];
  let left = characters;
  for (const [at, item] of items.entries()) {
    if (shown.length === most) break;
    const markup = render(item, at);
    left -= markup.text.length;
    if (left < 0) break;
    shown.push(markup);
  }
  return { shown, omitted: items.length - shown.length };
}

/** A coordinate of a drawing, as short as it can be. */
export function coordinate(value: number): string {
  return String(Math.round(value * 10) / 10);
}
