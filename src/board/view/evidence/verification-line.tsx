import type { JSX } from 'preact';

import { counted } from '../../../base/text.ts';
import type { ProofVerdict } from '../../proof/proof-verdict.ts';
import { Link, StateBadge, Trouble } from '../parts/parts.tsx';
import type { MissionPlace } from '../shell/route.ts';
import { shownText } from '../parts/shown-text.ts';
import type { useVerification } from './use-verification.ts';

/** What stands where a signature by a certificate would be called verified. */
export const UNCHECKED = 'Signature not checked: keyless';

/** What this browser found of the proof, in a line. */
export function VerificationLine({
  verification: { state, verify },
  place,
}: {
  verification: ReturnType<typeof useVerification>;
  place: MissionPlace;
}): JSX.Element {
  if (state.kind === 'none') return <p class="soft">{state.why}</p>;
  if (state.kind === 'unchecked') {
    return (
      <p role="status" data-verified="unchecked">
        <StateBadge state="waiting" word={UNCHECKED} />{' '}
        <span class="soft">
          The statements are signed by short-lived certificates, and {shownText(state.why, 300)}. Nothing of this mission counts
          as verified here; <code>spec-kit verify --trusted-root FILE</code> can tell.
        </span>
      </p>
    );
  }
  if (state.kind === 'failed') return <Trouble error={state.error} again={verify} />;
  if (state.kind === 'asked') {
    return (
      <p>
        <button type="button" onClick={verify}>
          Verify in this browser
        </button>
      </p>
    );
  }
  if (state.kind === 'working') {
    return (
      <p role="status">
        <StateBadge state="running" word="Verifying in this browser" />{' '}
        <span class="soft">{state.total === 0 ? 'reading the proof' : `${state.done} of ${state.total} statements`}</span>
      </p>
    );
  }
  return (
    <p role="status" data-verified={state.verdict.holds}>
      <StateBadge
        state={state.verdict.holds ? 'pass' : 'fail'}
        word={state.verdict.holds ? 'Verified in this browser' : 'Does not verify'}
      />{' '}
      <span class="soft">{summary(state.verdict)}</span>{' '}
      {place.tab === 'evidence' ? null : <Link to={{ ...place, tab: 'evidence' }}>See what was checked</Link>}
    </p>
  );
}

function summary({ holds, statements, files, failures, keys }: ProofVerdict): string {
  if (!holds) return `${counted(failures.length, 'thing')} of the proof cannot be believed.`;
  const pinned = keys.length > 0 && keys.every(({ trust }) => trust === 'pinned');
  const whose = pinned
    ? 'by whom you have pinned'
    : 'by keys, or under trusted roots, that the server shows: pin them once you know that they are the right ones';
  return `${counted(statements.length, 'signature')}, their places in the log, and ${counted(files.length, 'file')}; ${whose}.`;
}
