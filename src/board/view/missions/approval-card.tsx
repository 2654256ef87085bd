import type { JSX } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';

import type { MissionView } from '../../../runtime/app/views.ts';
import type { Report } from '../../../runtime/report/model/report.ts';
import { type Api, Problem } from '../../access/api.ts';
import type { Approval } from '../../state/mission-model.ts';
import { useDesk } from '../shell/desk.ts';
import { Link, Mark, Moment, Trouble } from '../parts/parts.tsx';
import { shownText } from '../parts/shown-text.ts';

interface Props {
  mission: { id: string; title: string };
  approval: Approval;
  title: string;
  onDone: () => void;
  /** How the mission stands. */
  counts: Report['counts'];
  /** Whether the mission is named: not on its own page. */
  named?: boolean;
}

/** Takes a mission up again that waits for nobody any more. False: that is for somebody else, who decides may not run missions here. */
async function wentOn(api: Api, { id, state, approvals }: Pick<MissionView, 'id' | 'state' | 'approvals'>): Promise<boolean> {
  if (state !== 'waiting' || approvals.length > 0) return true;
  try {
    await api.say('resume', id);
    return true;
  } catch (error) {
    if (error instanceof Problem && (error.status === 403 || error.status === 409)) return error.status === 409;
    throw error;
  }
}

/** Something that a person has to decide, and where that is done. */
export function ApprovalCard({ mission, approval, title, onDone, counts, named = false }: Props): JSX.Element {
  const { api, announce } = useDesk();
  const [note, setNote] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const card = useRef<HTMLElement>(null);
  const id = useId();
  const { task, expires, question, asks } = approval;
  const decide = async (word: 'approve' | 'reject'): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      const words = note.trim() === '' ? {} : { note: note.trim() };
      const after = await api.say(word, mission.id, { task, ...(question === undefined ? {} : { question }), ...words });
      const goesOn = await wentOn(api, after);
      const done = `${word === 'approve' ? 'Approved' : 'Rejected'}: ${shownText(title, 80)}.`;
      announce(goesOn ? done : `${done} It goes on when somebody who may resumes it.`);
      // The card goes away; the focus must not go with it.
      document.querySelector<HTMLElement>('main h1')?.focus();
      onDone();
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  return (
    <section class="approval" ref={card} aria-labelledby={id}>
      <div class="ask">
        <h2 id={id}>
          <Mark state="waiting" /> {shownText(title, 200)}
        </h2>
        {asks === undefined ? null : <p>Its agent asks {shownText(asks, 10_000)}.</p>}
        <p class="soft">
          {named ? (
            <>
              <Link to={{ page: 'mission', mission: mission.id, tab: 'gate', task: null }}>{shownText(mission.title, 120)}</Link>
              {' · '}
            </>
          ) : null}
          <Link to={{ page: 'mission', mission: mission.id, tab: 'tasks', task }}>{shownText(task, 120)}</Link>
          {' · '}
          {counts.total - counts.waiting - counts.running} of {counts.total} tasks settled,{' '}
          {counts.failed === 0 ? 'none' : counts.failed} failed
          {expires === null ? null : (
            <>
              {' · '}expires <Moment at={expires} />
            </>
          )}
        </p>
      </div>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void decide('approve');
        }}
      >
        <label>
          <span class="listened">Why, for the record</span>
          <input
            type="text"
            maxLength={1000}
            placeholder="Why, for the record (optional)"
            value={note}
            onInput={(event) => setNote(event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="primary" disabled={busy}>
          Approve<span class="listened"> {shownText(title, 80)}</span>
        </button>
        <button type="button" class="danger" disabled={busy} onClick={() => void decide('reject')}>
          Reject<span class="listened"> {shownText(title, 80)}</span>
        </button>
      </form>
      {error === undefined ? null : <Trouble error={error} />}
    </section>
  );
}
