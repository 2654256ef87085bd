import type { JSX } from 'preact';
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';

import type { Api } from '../../access/api.ts';
import type { Session, Ways } from '../../access/session.ts';
import type { EventHub } from '../../live/event-hub.ts';
import { type Desk, DeskProvider } from './desk.ts';
import { Frame } from './frame.tsx';
import { Loading } from '../parts/parts.tsx';
import { addressOf, type Place, placeOf } from './route.ts';
import { SignIn } from './sign-in.tsx';

/** All of it: whoever is not signed in is asked, everybody else sees what the address says. */
export function Board({ session, api, hub }: { session: Session; api: Api; hub: EventHub }): JSX.Element {
  const [isIn, setIn] = useState<boolean | null>(null);
  const [ways, setWays] = useState<Ways>({ issuer: null });
  const [place, go] = usePlace();
  const [said, announce] = useAnnouncer();
  const [history, setHistory] = useState(0);
  useEffect(() => {
    const look = async (): Promise<void> => {
      setWays(await session.look().catch(() => ({ issuer: null })));
      setIn(session.isIn);
    };
    void look();
    session.onOut = () => setIn(false);
    hub.onOtherLog = () => setHistory((count) => count + 1);
  }, [session, hub]);
  useEffect(() => {
    if (isIn !== true) return undefined;
    hub.start();
    return () => hub.stop();
  }, [isIn, hub]);
  const desk = useMemo<Desk>(() => ({ api, session, hub, go, announce }), [api, session, hub, go, announce]);
  return (
    <DeskProvider value={desk}>
      {isIn === null ? <Loading what="the board" /> : null}
      {isIn === true ? <Frame key={history} place={place} /> : null}
      {isIn === false ? <SignIn ways={ways} onIn={() => setIn(true)} /> : null}
      <div class="listened" role="status" aria-live="polite">
        {said}
      </div>
    </DeskProvider>
  );
}

function usePlace(): [Place, (place: Place) => void] {
  const [place, setPlace] = useState(() => placeOf(location));
  useEffect(() => {
    const follow = (): void => setPlace(placeOf(location));
    addEventListener('popstate', follow);
    return () => removeEventListener('popstate', follow);
  }, []);
  const go = useCallback((to: Place) => {
    const before = placeOf(location);
    const address = addressOf(to);
    if (address !== location.pathname + location.search) history.pushState(null, '', address);
    setPlace(to);
    if (before.page !== to.page) scrollTo(0, 0);
  }, []);
  return [place, go];
}

/** What is said to those who listen comes at most every few seconds, and the last word counts. */
const PAUSE = 3000;

function useAnnouncer(): [string, (text: string) => void] {
  const [said, say] = useState('');
  const next = useRef<{ text: string; timer: ReturnType<typeof setTimeout> | undefined }>({ text: '', timer: undefined });
  const announce = useCallback((text: string) => {
    next.current.text = text;
    if (next.current.timer !== undefined) return;
    say(text);
    next.current.timer = setTimeout(() => {
      next.current.timer = undefined;
      say((before) => (next.current.text === before ? before : next.current.text));
    }, PAUSE);
  }, []);
  return [said, announce];
}
