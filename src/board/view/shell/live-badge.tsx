import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import { useDesk, useLiveState, useNow } from './desk.ts';

/** Whether what is shown is what is: seen, and said when it changes. */
export function LiveBadge(): JSX.Element {
  const { hub, announce } = useDesk();
  const live = useLiveState();
  const now = useNow(500, live.kind === 'waiting');
  const before = useRef(live.kind);
  useEffect(() => {
    if (before.current === live.kind) return;
    if (live.kind === 'waiting' && before.current === 'live') announce('The connection is cut; trying again.');
    if (live.kind === 'live' && before.current === 'waiting') announce('Connected again; nothing was missed.');
    before.current = live.kind;
  }, [live.kind, announce]);
  if (live.kind === 'live') return <Badge kind="live" text="Live" />;
  if (live.kind === 'connecting') return <Badge kind="wait" text="Connecting…" />;
  if (live.kind === 'ended' || live.kind === 'refused') return <Badge kind="off" text="Not live" />;
  const seconds = Math.max(0, Math.ceil((live.at - now) / 1000));
  return (
    <span class="retry">
      <Badge kind="off" text={seconds === 0 ? 'Reconnecting…' : `Reconnecting in ${seconds}s`} />
      <button type="button" class="small" onClick={() => hub.retry()}>
        Retry now
      </button>
    </span>
  );
}

function Badge({ kind, text }: { kind: 'live' | 'wait' | 'off'; text: string }): JSX.Element {
  return (
    <span class={`live ${kind}`} data-live={kind}>
      <svg viewBox="0 0 10 10" aria-hidden="true">
        {kind === 'off' ? <path d="M2 2l6 6m0-6-6 6" /> : <circle cx="5" cy="5" r={kind === 'live' ? 4 : 3} />}
      </svg>
      {text}
    </span>
  );
}
