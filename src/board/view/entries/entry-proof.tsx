import type { JSX } from 'preact';

import { readPins } from '../../proof/pins.ts';
import { useDesk } from '../shell/desk.ts';
import { Json, Loading, StateBadge, Trouble } from '../parts/parts.tsx';
import { shownText } from '../parts/shown-text.ts';
import { useLoaded } from '../parts/use-loaded.ts';

/** An entry of the log as a list shows it. */
export interface ShownEntry {
  seq: number;
  at: string;
  kind: string;
  task: string | null;
  mission: string | null;
  /** JSON. */
  data: string;
}

/** What one entry says, and that it is in the log: proven here, not told. */
export function EntryProof({ entry }: { entry: ShownEntry }): JSX.Element {
  const { api } = useDesk();
  const { value, error } = useLoaded(String(entry.seq), async () => {
    const [proof, { checkEntry }] = await Promise.all([api.proofOf(entry.seq), import('../../proof/entry-verdict.ts')]);
    const pins = readPins(localStorage);
    const key = pins.log[0] ?? (await api.logKey());
    return { shown: proof.entry['data'], ...(await checkEntry(proof, { seq: entry.seq, kind: entry.kind, pins, key })) };
  });
  return (
    <>
      {value === undefined ? error === undefined ? <Loading what="its proof" /> : <Trouble error={error} /> : null}
      {value === undefined ? null : value.holds ? (
        <p>
          <StateBadge state="pass" word="Verified in this browser" />{' '}
          <span class="soft">
            entry {entry.seq} of {value.size} in {shownText(value.origin, 80)}, root <code>{value.root.slice(0, 16)}…</code>
            {value.trust === 'pinned' ? ', key pinned' : ', key as the server shows it'}
          </span>
        </p>
      ) : (
        <p>
          <StateBadge state="fail" word="Not verified" /> {shownText(value.why)}
        </p>
      )}
      <Json value={value?.shown ?? parsed(entry.data)} />
    </>
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Reports cut long entries off.
    return text;
  }
}
