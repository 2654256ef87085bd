import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';

import { EntryProof, type ShownEntry } from './entry-proof.tsx';
import { memo } from '../parts/memo.ts';
import { Link } from '../parts/parts.tsx';
import { shownText } from '../parts/shown-text.ts';
import { useWindow } from '../parts/use-window.ts';

const ROW = 30;

/** Entries of the log; one that is opened can be proven. */
export function EntryTable({ entries, named = false }: { entries: readonly ShownEntry[]; named?: boolean }): JSX.Element {
  const [open, setOpen] = useState<number | null>(null);
  const body = useRef<HTMLTableSectionElement>(null);
  const { from, to, before, behind } = useWindow(body, { count: entries.length, height: ROW });
  return (
    <div class="sheet">
      <table class="log" aria-rowcount={entries.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col" class="n">
              Entry
            </th>
            <th scope="col">Time</th>
            <th scope="col">Kind</th>
            <th scope="col">About</th>
            <th scope="col">Says</th>
          </tr>
        </thead>
        <tbody ref={body}>
          {before === 0 ? null : <Gap height={before} />}
          {entries.slice(from, to).map((entry, at) => (
            <EntryRow key={entry.seq} entry={entry} at={from + at} isOpen={open === entry.seq} onOpen={setOpen} named={named} />
          ))}
          {behind === 0 ? null : <Gap height={behind} />}
        </tbody>
      </table>
    </div>
  );
}

function Gap({ height }: { height: number }): JSX.Element {
  return (
    <tr class="gap" aria-hidden="true">
      <td colSpan={5} style={{ height: `${height}px` }} />
    </tr>
  );
}

interface RowProps {
  entry: ShownEntry;
  at: number;
  isOpen: boolean;
  named: boolean;
  onOpen: (seq: number | null) => void;
}

const EntryRow = memo(function EntryRow({ entry, at, isOpen, named, onOpen }: RowProps): JSX.Element {
  const { seq, kind, task, mission, data } = entry;
  return (
    <>
      <tr aria-rowindex={at + 2} class={isOpen ? 'chosen' : undefined} data-seq={seq}>
        <td class="n">
          <button type="button" class="plain" aria-expanded={isOpen} onClick={() => onOpen(isOpen ? null : seq)}>
            {seq}
          </button>
        </td>
        <td>
          <time dateTime={entry.at}>{entry.at.slice(0, 19).replace('T', ' ')}</time>
        </td>
        <td>
          <code class={`kind k-${kind.split('.', 1)[0]}`}>{shownText(kind, 60)}</code>
        </td>
        <td>
          {named && mission !== null ? (
            <Link to={{ page: 'mission', mission, tab: 'tasks', task: null }}>
              <code>{shownText(mission, 13)}</code>
            </Link>
          ) : null}{' '}
          {task === null ? null : <span>{shownText(task, 60)}</span>}
        </td>
        <td class="says">
          <code>{shownText(data, 160)}</code>
        </td>
      </tr>
      {isOpen ? (
        <tr class="detail">
          <td colSpan={5}>
            <EntryProof entry={entry} />
          </td>
        </tr>
      ) : null}
    </>
  );
});
