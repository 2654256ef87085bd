import type { JsonObject } from '../../../base/json.ts';
import type { ReportAttempt } from '../model/report.ts';

/** An event of Chrome's Trace Event Format; which fields it has depends on `ph`. Times are in microseconds. */
export type TraceEvent = {
  name: string;
  cat?: string;
  ph: 'X' | 'B' | 'M' | 'i' | 's' | 'f' | 'b' | 'e' | 'C';
  ts?: number;
  dur?: number;
  pid: number;
  tid: number;
  id?: number;
  s?: 't' | 'p';
  bp?: 'e';
  args?: JsonObject;
};

/** A mission is a process of the trace. */
export const PID = 1;
/** Threads: the mission as a whole, what was cached, and from `FIRST_LANE` on the lanes. */
export const MISSION_TID = 1;
export const CACHE_TID = 2;
export const FIRST_LANE = 3;

export const tidOf = ({ lane }: Pick<ReportAttempt, 'lane'>): number => FIRST_LANE + lane - 1;

/** Milliseconds since the mission's start as the microseconds of a trace. */
export const micros = (time: number): number => Math.round(time * 1000);
