import { useEffect, useRef, useState } from 'preact/hooks';

import { MissionFollower } from '../../live/mission-follower.ts';
import type { MissionModel } from '../../state/mission-model.ts';
import { useDesk } from '../shell/desk.ts';

export interface FollowedMission {
  model: MissionModel | undefined;
  error: unknown;
  read: () => void;
}

/** One mission, kept as it stands. */
export function useMission(mission: string): FollowedMission {
  const { api, hub } = useDesk();
  const follower = useRef<MissionFollower | null>(null);
  const [, redraw] = useState(0);
  useEffect(() => {
    const mine = new MissionFollower(mission, () => redraw((count) => count + 1), { api, hub });
    follower.current = mine;
    redraw((count) => count + 1);
    mine.start();
    return () => mine.stop();
  }, [mission, api, hub]);
  return {
    model: follower.current?.model,
    error: follower.current?.error,
    read: () => void follower.current?.read(),
  };
}
