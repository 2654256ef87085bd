import type { MissionModel } from '../model/mission-model.ts';
import type { ViewState } from '../view/view-state.ts';
import type { Marks } from './marks.ts';

/** All that a screen is drawn from. */
export interface Scene {
  model: MissionModel;
  view: ViewState;
  marks: Marks;
  /** Milliseconds since 1970: what runs has run until now. */
  now: number;
  /** The mission runs in this process, so that leaving means stopping. */
  driving: boolean;
}
