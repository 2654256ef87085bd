import { counted } from '../../base/text.ts';
import type { FileAmount, PruneView } from '../../runtime/app/views.ts';
import type { Screen } from '../screen.ts';
import { renderFacts } from './facts.ts';

export function renderPrune(view: PruneView, screen: Screen): string {
  const { paint } = screen;
  const head = view.dryRun ? 'Would remove' : 'Removed';
  const also = (amount: FileAmount, what = ''): string =>
    amount.files === 0 ? '' : `${shown(amount)}${what}, ${view.dryRun ? 'to be removed' : 'removed'} too`;
  const facts = [
    ['kept', `${shown(view.kept)} that the log refers to`],
    ['payloads', also(view.payloads, ` of ${counted(view.payloads.missions, 'old mission')}`)],
    ['left', view.left.files === 0 ? '' : `${shown(view.left)} that nothing refers to`],
    ['uploads', also(view.uploads, ' of specifications that no mission needs')],
    ['temporary', also(view.temporary)],
  ] as const;
  const over =
    view.over === 0
      ? ''
      : paint.yellow(
          `The store is ${size(view.over)} over ${size(view.limit ?? 0)}: evidence refers to the rest, or it is too young.\n`,
        );
  return `${head} ${shown(view.removed)} of ${shown(view.store)}.\n${renderFacts(facts, screen)}${over}`;
}

function shown({ files, bytes }: FileAmount): string {
  return `${counted(files, 'file')} (${size(bytes)})`;
}

const UNITS = ['kB', 'MB', 'GB', 'TB'] as const;

/** `512 B`, `1.5 MB`, `20 GB`. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  let amount = bytes / 1000;
  let unit = 0;
  for (; amount >= 999.5 && unit < UNITS.length - 1; unit++) amount /= 1000;
  return `${amount < 10 ? amount.toFixed(1) : Math.round(amount)} ${UNITS[unit]}`;
}
