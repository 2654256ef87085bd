import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';

import type { Api } from '../../access/api.ts';
import type { Session } from '../../access/session.ts';
import type { EventHub } from '../../live/event-hub.ts';
import type { LiveState } from '../../../runtime/app/remote/live-stream.ts';
import type { Place } from './route.ts';

/** What every part of the page may use. */
export interface Desk {
  api: Api;
  session: Session;
  hub: EventHub;
  go: (place: Place) => void;
  /** Tells people who listen rather than look. */
  announce: (text: string) => void;
}

const Context = createContext<Desk | null>(null);

export const DeskProvider = Context.Provider;

export function useDesk(): Desk {
  const desk = useContext(Context);
  if (desk === null) throw new Error('outside of the desk');
  return desk;
}

export function useLiveState(): LiveState {
  const { hub } = useDesk();
  const [state, setState] = useState(hub.state);
  useEffect(() => {
    setState(hub.state);
    return hub.watch(setState);
  }, [hub]);
  return state;
}

/** The time, renewed every so many milliseconds while `runs`. */
export function useNow(every: number, runs = true): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!runs) return undefined;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every, runs]);
  return now;
}
