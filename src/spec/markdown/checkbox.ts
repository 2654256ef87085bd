/** `- [x]* text`: the marker between the brackets, whether it is starred as optional, and what follows. */
export interface Checkbox {
  marker: string;
  optional: boolean;
  text: string;
}

const BULLET = /^[\t >]*(?:(?:[-*+]|\d{1,9}[.)])[\t ]+){1,50}/;
const BOX = /^\[(| |[xX~/>!?*✓✔✗✘-])\](\\?\*)?(?=\s|$)/u;

/** The checkbox that a source line begins with, after its list markers; undefined where there is none. */
export function checkboxOf(line: string): Checkbox | undefined {
  if (!line.includes('[')) return undefined;
  const bullet = BULLET.exec(line);
  return bullet === null ? undefined : checkboxIn(line.slice(bullet[0].length));
}

/** The checkbox that the text of a list item begins with. */
export function checkboxIn(text: string): Checkbox | undefined {
  const box = BOX.exec(text);
  if (box === null) return undefined;
  return { marker: box[1]?.trim() ?? '', optional: box[2] !== undefined, text: text.slice(box[0].length).trim() };
}
