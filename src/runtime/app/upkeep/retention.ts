import { systemClock } from '../../../base/clock.ts';
import { NexusError } from '../../../base/errors.ts';
import { isOpen, type MissionRow, missionRows } from '../../mission/queries.ts';
import type { LogReader } from '../../log/log-reader.ts';
import type { Expiry } from '../../vault/expired-payloads.ts';
import { requireDuration } from '../amounts.ts';
import type { SectionFault } from '../source/configuration.ts';
import { localConfig } from '../source/open-source.ts';
import type { CallContext, PruneInput } from '../operations.ts';

/** What may go, and since when. */
export interface Retention {
  /** In words, as it goes into the log. */
  rule: string;
  /** Milliseconds since 1970: missions that ended before. */
  before: number;
}

/**
 * The rule that was asked for. That of `.agentnexus.yaml` counts only for who asks for it: the file comes with a repository, which may be anybody's. Throws
 * `USAGE`, `CONFIG_INVALID`.
 */
export async function readRetention(
  { payloadsOlderThan, retention = false }: PruneInput,
  context: Pick<CallContext, 'cwd'>,
): Promise<Retention | undefined> {
  const age = payloadsOlderThan ?? (retention ? await configuredAge(context) : undefined);
  if (age === undefined) return undefined;
  return { rule: `payloads older than ${age}`, before: systemClock.now() - requireDuration(age) };
}

async function configuredAge(context: Pick<CallContext, 'cwd'>): Promise<string> {
  const config = localConfig(undefined, context);
  const refuse = ({ path, message }: SectionFault): NexusError =>
    new NexusError('CONFIG_INVALID', `${config?.path}: \`${path.slice(1).replaceAll('/', '.')}\` ${message}.`, {
      hint: 'docs/verification.md shows what can be said of retention.',
      details: { file: config?.path },
    });
  const { retention: section } = (await config?.sections<{ retention: { payloads?: string } }>(['retention'], refuse)) ?? {};
  if (section === undefined) {
    throw new NexusError('USAGE', 'There is no rule for what is kept.', {
      hint: 'Write `retention: { payloads: 90d }` into .agentnexus.yaml, or give --payloads-older-than.',
    });
  }
  if (section.payloads === undefined) throw refuse({ path: '/retention', message: 'is wrong' });
  return section.payloads;
}

/**
 * Missions whose payloads may go: they ended before, and neither is each the last of its specification, or the last that passed its gate, nor is it what was last
 * carried to some place, or is still being carried. What failed or was cancelled keeps its artifacts: a retry goes on with them.
 */
export function expiredMissions(log: LogReader, { before }: Retention): Map<string, Expiry> {
  const rows = missionRows(log.db);
  const kept = new Set([...newestOf(rows), ...newestOf(rows.filter(isRelease)), ...promotedMissions(log)]);
  const old = rows.filter((row) => !isOpen(row) && row.finished_at !== null && Date.parse(row.finished_at) < before);
  return new Map(old.filter(({ id }) => !kept.has(id)).map(({ id, state }) => [id, { artifacts: state === 'succeeded' }]));
}

const isRelease = ({ state, gate }: MissionRow): boolean => state === 'succeeded' && gate === 'pass';

/** The last of each specification; rows are the newest first. */
function newestOf(rows: readonly MissionRow[]): string[] {
  return [...Map.groupBy(rows, ({ specification }) => specification).values()].flatMap(([newest]) => (newest ? [newest.id] : []));
}

function promotedMissions(log: LogReader): string[] {
  const last = new Map<unknown, string>();
  const open = new Map<unknown, string>();
  for (const { kind, data } of log.entries({ kinds: ['promotion.started', 'promotion.finished'] })) {
    const { promotion, mission, target } = data;
    if (kind === 'promotion.finished') open.delete(promotion);
    else if (typeof mission === 'string') {
      open.set(promotion, mission);
      last.set(target, mission);
    }
  }
  return [...last.values(), ...open.values()];
}
