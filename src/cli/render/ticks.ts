import { counted } from '../../base/text.ts';
import type { MissionView } from '../../runtime/app/views.ts';
import { oneLine } from '../printable.ts';
import type { Screen } from '../screen.ts';

type Left = NonNullable<MissionView['notTicked']>;

/** Places that are shown of those with one reason. */
const MOST_PLACES = 5;

/** Which boxes of the source were closed, and why others were not: the same reason once, with where it holds. */
export function renderTicks({ ticked, notTicked = [] }: MissionView, { paint }: Screen): string {
  if (ticked === undefined) return '';
  const files = [...Map.groupBy(ticked, ({ file }) => file)].map(
    ([file, boxes]) => `  ${file}: ${ranges(boxes.map(({ line }) => line))}\n`,
  );
  const head = `\n${paint.green(`Ticked ${counted(ticked.length, 'box', 'boxes')}`)}${files.length > 0 ? ', on these lines:' : '.'}\n`;
  return `${head}${files.join('')}${renderLeft(notTicked, paint)}`;
}

/** `3, 5-8` for lines in order. */
function ranges(lines: readonly number[]): string {
  const found: [number, number][] = [];
  for (const line of lines.toSorted((a, b) => a - b)) {
    const last = found.at(-1);
    if (last !== undefined && last[1] + 1 === line) last[1] = line;
    else found.push([line, line]);
  }
  return found.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(', ');
}

function renderLeft(left: Left, paint: Screen['paint']): string {
  if (left.length === 0) return '';
  const reasons = [...Map.groupBy(left, ({ reason }) => reason)].map(([reason, boxes]) => {
    const places = boxes.slice(0, MOST_PLACES).map(({ file, line, title }) => `    ${file}:${line} ${oneLine(title)}\n`);
    const more = boxes.length > MOST_PLACES ? `    and ${boxes.length - MOST_PLACES} more\n` : '';
    return `  ${paint.yellow(oneLine(reason))}\n${places.join('')}${more}`;
  });
  return `Left as ${left.length === 1 ? 'it is' : 'they are'}:\n${reasons.join('')}`;
}
