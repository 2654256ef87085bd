/** More of them help nobody. */
const MOST = 20;

/** `3, 7, 12` for a report that is about several lines, in the order given. */
export function lineNumbers(lines: readonly number[]): string {
  return lines.length > MOST ? `${lines.slice(0, MOST).join(', ')}, …` : lines.join(', ');
}
