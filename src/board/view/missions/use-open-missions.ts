import { useEffect, useRef, useState } from 'preact/hooks';

import { MissionsFollower } from '../../live/missions-follower.ts';
import type { MissionItem, OpenMission } from '../../state/mission-list.ts';
import { useDesk } from '../shell/desk.ts';

export interface Missions {
  items: readonly MissionItem[] | undefined;
  open: ReadonlyMap<string, OpenMission>;
  /** Reads older ones too; undefined where there are none. */
  more: (() => void) | undefined;
  error: unknown;
  read: () => void;
}

export function useOpenMissions(): Missions {
  const { api, hub } = useDesk();
  const follower = useRef<MissionsFollower | null>(null);
  const [, redraw] = useState(0);
  useEffect(() => {
    const mine = new MissionsFollower({ api, hub }, () => redraw((count) => count + 1));
    follower.current = mine;
    mine.start();
    return () => mine.stop();
  }, [api, hub]);
  return {
    items: follower.current?.items,
    open: follower.current?.open ?? new Map<string, OpenMission>(),
    more: follower.current?.hasMore === true ? () => follower.current?.readMore() : undefined,
    error: follower.current?.error,
    read: () => follower.current?.readAll(),
  };
}
