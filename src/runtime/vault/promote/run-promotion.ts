import type { Digest } from '../../../base/digest.ts';
import { digestOf, uuidOf } from '../../../base/digest.ts';
import { isJsonObject, type JsonObject } from '../../../base/json.ts';
import type { Entry, EntryDraft } from '../../log/entry.ts';
import { type PromotionStep, PromotionWaits, type StepResults } from './promotion.ts';

/*
 * The log's side of a promotion. Mission ids stand in `data`, so that what is done with a product later adds nothing to the mission that made it.
 */

const PROMOTION_STARTED = 'promotion.started';
const STEP_BEGUN = 'promotion.step-begun';
const STEP_DONE = 'promotion.step-done';
const PROMOTION_FINISHED = 'promotion.finished';

/** What is promoted, and to where: the same promotion has the same id. */
export interface PromotionSubject {
  mission: string;
  head: Digest;
  target: string;
}

export function promotionId({ mission, head, target }: PromotionSubject): string {
  return uuidOf(digestOf({ mission, head, target }));
}

export interface PromotionLog {
  append(drafts: readonly EntryDraft[]): Promise<number[]>;
  entry(seq: number): Entry;
  entryWithKey(dedup: string): Entry | undefined;
}

type ReadingLog = Pick<PromotionLog, 'entryWithKey'>;

export function promotionStart(log: ReadingLog, id: string): Entry | undefined {
  return log.entryWithKey(startKey(id));
}

/** `archive` is the content that holds the export that is carried out: a later run carries the same bytes. */
export async function startPromotion(
  log: PromotionLog,
  subject: PromotionSubject,
  { archive, by }: { archive: Digest; by: string },
): Promise<Entry> {
  const id = promotionId(subject);
  const data = { promotion: id, ...subject, archive, by };
  const [seq] = await log.append([{ kind: PROMOTION_STARTED, data, dedup: startKey(id) }]);
  if (seq === undefined) throw new TypeError('an append returned nothing');
  return log.entry(seq);
}

export interface PromotionRun {
  log: PromotionLog;
  id: string;
  steps: readonly PromotionStep[];
  onStep?: (step: PromotionStep) => void;
  /** Aborted: ends before the next step. */
  signal?: AbortSignal;
}

export interface PromotionOutcome {
  state: 'done' | 'waiting' | 'interrupted';
  /** Why it waits. */
  reason: string | null;
  /** Names of the steps that this run has done; the others were done before, or are still to do. */
  done: string[];
  results: StepResults;
}

/** Does what is not done yet, in order: each step is announced in the log before anything happens, and recorded after. */
export async function runPromotion({ log, id, steps, onStep, signal }: PromotionRun): Promise<PromotionOutcome> {
  const results = new Map(stepResults(log, id, steps));
  const done: string[] = [];
  const finished = `${PROMOTION_FINISHED} ${id}`;
  // Whoever finished it may have known of fewer steps: what is published is left alone.
  if (log.entryWithKey(finished) !== undefined) return { state: 'done', reason: null, done, results };
  for (const step of steps) {
    if (results.has(step.name)) continue;
    if (signal?.aborted === true) return { state: 'interrupted', reason: null, done, results };
    onStep?.(step);
    await log.append([{ kind: STEP_BEGUN, data: { promotion: id, step: step.name } }]);
    try {
      const result = await step.act(results);
      await log.append([{ kind: STEP_DONE, data: { promotion: id, step: step.name, result }, dedup: doneKey(id, step.name) }]);
      results.set(step.name, result);
      done.push(step.name);
    } catch (error) {
      if (error instanceof PromotionWaits) return { state: 'waiting', reason: error.message, done, results };
      throw error;
    }
  }
  await log.append([{ kind: PROMOTION_FINISHED, data: { promotion: id }, dedup: finished }]);
  return { state: 'done', reason: null, done, results };
}

/** What the log knows of the steps that are done, in their order. */
export function stepResults(log: ReadingLog, id: string, steps: readonly PromotionStep[]): Map<string, JsonObject> {
  return new Map(
    steps.flatMap(({ name }) => {
      const result = log.entryWithKey(doneKey(id, name))?.data['result'];
      return isJsonObject(result) ? [[name, result] as const] : [];
    }),
  );
}

const startKey = (id: string): string => `${PROMOTION_STARTED} ${id}`;
const doneKey = (id: string, step: string): string => `${STEP_DONE} ${id} ${step}`;
