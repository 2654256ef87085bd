import { NexusError } from '../../../base/errors.ts';
import type { BoxGuard } from '../../../spec/work/box-guards.ts';
import type { Log } from '../../log/log.ts';
import { readTaskProofs } from '../../mission/task-proofs.ts';
import { type TickDecision, tickDecisions } from '../../mission/tick-decisions.ts';
import { BOXES_AN_ENTRY, sourceTicked, sourceTicking } from '../../mission/tick-records.ts';
import { openContentStore } from '../../vault/content-store.ts';
import { tickBoxes, type TickOutcome } from '../../workspace/tick-boxes.ts';
import { openKeys } from '../ledger/keys.ts';
import type { CallContext } from '../operations.ts';
import type { ReadSpecification, Ticking } from './specification.ts';
import type { MissionView, TickedBox } from '../views.ts';
import { findWorkspace } from '../workspace.ts';
import { trustedRoots } from '../ledger/signing.ts';
import { openWriterLog } from '../host/writer-log.ts';

type Ticks = Required<Pick<MissionView, 'ticked' | 'notTicked'>>;
/** The log has grown meanwhile. */
type TickedMission = Ticks & Partial<Pick<MissionView, 'checkpoint'>>;

/**
 * Closes the source's boxes of the tasks that a mission has done and proven. Each write is announced in the log before, and recorded after;
 * what cannot be ticked is left as it is, with the reason. The mission's own end is not touched by any of it.
 */
export async function tickSource(
  { id: mission, workspace: dir }: MissionView,
  { specification, graph, ticking = NO_SOURCE }: ReadSpecification,
  context: CallContext,
): Promise<TickedMission> {
  const workspace = findWorkspace({ ...context, workspace: dir });
  const keys = openKeys(workspace);
  const signer = keys.log();
  let log: Log;
  try {
    log = openWriterLog(workspace);
  } catch (error) {
    return unticked(tickDecisions(specification, graph, () => ({ state: 'unproven', reason: refusal(error) })));
  }
  try {
    const proofs = await readTaskProofs(mission, {
      log,
      store: openContentStore(workspace.dir),
      logKey: signer,
      signingKeys: [keys.signing().publicKey],
      roots: trustedRoots(workspace),
    });
    const decisions = tickDecisions(specification, graph, (task) => proofs.of(task));
    const ticks = await new Ticker(mission, log, ticking).run(decisions);
    const { size = 0, rootHash = '' } = log.checkpoint() ?? {};
    return { ...ticks, checkpoint: { size, rootHash } };
  } finally {
    log.close();
  }
}

const NO_SOURCE: Ticking = { root: '', boxes: new Map() };

/** A log that cannot be written now must not take away what the mission has to say. */
function refusal(error: unknown): string {
  if (error instanceof NexusError) return [error.message, error.hint ?? 'Run the same command again.'].join(' ');
  throw error;
}

interface Tick {
  decision: Extract<TickDecision, { tick: true }>;
  guard: BoxGuard;
}

class Ticker {
  readonly #mission: string;
  readonly #log: Log;
  readonly #ticking: Ticking;

  constructor(mission: string, log: Log, ticking: Ticking) {
    this.#mission = mission;
    this.#log = log;
    this.#ticking = ticking;
  }

  async run(decisions: readonly TickDecision[]): Promise<Ticks> {
    const results = new Map<TickDecision, TickOutcome>();
    const ticks: Tick[] = [];
    for (const decision of decisions) {
      const guard = this.#ticking.boxes.get(decision.element.id);
      if (!decision.tick) continue;
      if (typeof guard !== 'object') results.set(decision, { ticked: false, reason: guard ?? 'Its checkbox was not read.' });
      else ticks.push({ decision, guard });
    }
    for (const [file, own] of Map.groupBy(ticks, ({ guard }) => guard.file)) {
      const outcomes = await this.#tickFile(file, own);
      for (const [at, { decision }] of own.entries()) {
        const outcome = outcomes[at];
        if (outcome !== undefined) results.set(decision, outcome);
      }
    }
    return shown(decisions, results);
  }

  async #tickFile(file: string, ticks: readonly Tick[]): Promise<TickOutcome[]> {
    const mission = this.#mission;
    const boxes = ticks.map(({ decision, guard }) => ({ task: decision.element.id, guard }));
    await this.#log.append(chunks(boxes, BOXES_AN_ENTRY).map((chunk) => sourceTicking(mission, file, chunk)));
    const guards = ticks.map(({ guard }) => guard);
    const outcomes = tickBoxes(this.#ticking.root, file, guards);
    await this.#log.append(
      ticks.flatMap(({ decision: { element, evidence }, guard }, at) => {
        const outcome = outcomes[at];
        if (outcome?.ticked !== true) return [];
        return [sourceTicked({ mission, task: element.id }, { guard, after: outcome.digest, evidence })];
      }),
    );
    return outcomes;
  }
}

function unticked(decisions: readonly TickDecision[]): Ticks {
  return shown(decisions, new Map());
}

function shown(decisions: readonly TickDecision[], results: ReadonlyMap<TickDecision, TickOutcome>): Ticks {
  const ticks: Ticks = { ticked: [], notTicked: [] };
  for (const decision of decisions) {
    const box = boxOf(decision);
    const outcome = results.get(decision);
    if (outcome?.ticked === true) ticks.ticked.push(box);
    else ticks.notTicked.push({ ...box, reason: outcome?.reason ?? ('reason' in decision ? decision.reason : NOT_SEEN) });
  }
  return ticks;
}

const NOT_SEEN = 'Nothing is known of its box.';

function boxOf({ element: { id, name, source, box } }: TickDecision): TickedBox {
  const { line, column } = box ?? source;
  return { task: id, title: name, file: source.file, line, column };
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));
}
