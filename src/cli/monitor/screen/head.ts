import { counted, grouped } from '../../../base/text.ts';
import { duration } from '../../../base/times.ts';
import type { TaskState } from '../../../runtime/mission/records.ts';
import type { MissionModel, StateCounts } from '../model/mission-model.ts';
import { fitted, type Line, piece, spread, type Tone, widthOf } from './line.ts';
import { type Marks, toneOf } from './marks.ts';
import type { Scene } from './scene.ts';

const BAR = 20;

/** How the mission stands, in three rows. */
export function headLines({ model, view, marks, now }: Scene): Line[] {
  const { mission } = model;
  const counts = shownCounts(model);
  const total = model.tasks.length;
  const settled = total - counts.waiting - counts.running;
  const filled = total === 0 ? 0 : Math.floor((settled / total) * BAR);
  const first: Line = [
    piece(` ${mission.title}`, 'bold'),
    piece(`  ${mission.state}`, MISSION_TONES[mission.state]),
    piece(`  ${settled}/${total} `),
    piece(marks.full.repeat(filled), 'green'),
    piece(marks.empty.repeat(BAR - filled), 'dim'),
    piece(gateOf(model), mission.gate === 'pass' ? 'green' : 'red'),
  ];
  const { columns } = view;
  return [
    spread(first, [piece(`${mission.priority}  ${wallOf(model, now)} `, 'dim')], columns),
    spread([piece(' '), ...countPieces(counts, marks)], [...costPieces(model, now), piece(' ')], columns),
    rule(` ${view.shape} ${filterText(model, view)}`, { width: columns, marks }),
  ];
}

const MISSION_TONES: Readonly<Record<string, Tone>> = {
  running: 'cyan',
  waiting: 'yellow',
  succeeded: 'green',
  failed: 'red',
  cancelled: 'yellow',
};

const gateOf = ({ mission: { gate } }: MissionModel): string => (gate === 'pending' ? '' : `  gate ${gate}`);

function filterText(model: MissionModel, { query, only, follow }: Scene['view']): string {
  const parts = [
    counted(model.tasks.length, 'task'),
    ...(only === 'all' ? [] : [`only ${only}`]),
    ...(query === '' ? [] : [`with "${query}"`]),
    ...(follow && query === '' && only === 'all' ? ['following'] : []),
  ];
  return `${parts.join(', ')} `;
}

/** A line across with a name in it. */
export function rule(name: string, { width, marks }: { width: number; marks: Marks }): Line {
  const text: Line = [piece(marks.across, 'dim'), piece(name)];
  const left = width - widthOf(text);
  return left < 0 ? fitted(text, width) : [...text, piece(marks.across.repeat(left), 'dim')];
}

/** Of a cancelled mission nothing is waiting any more. */
export function shownCounts({ counts, mission }: MissionModel): StateCounts {
  if (mission.state !== 'cancelled') return counts;
  return { ...counts, waiting: 0, running: 0, cancelled: counts.cancelled + counts.waiting + counts.running };
}

const ORDER: readonly (readonly [TaskState, string])[] = [
  ['succeeded', 'ok'],
  ['cached', 'cached'],
  ['running', 'running'],
  ['waiting', 'waiting'],
  ['failed', 'failed'],
  ['skipped', 'skipped'],
  ['cancelled', 'cancelled'],
];

/** What there is none of is left out. */
export function countPieces(counts: StateCounts, marks: Marks): Line {
  return ORDER.filter(([state]) => counts[state] > 0).map(([state, word]) =>
    piece(`${marks.states[state]} ${grouped(counts[state])} ${word}  `, toneOf(state)),
  );
}

/** What was used, of how much; what nears its limit stands out. */
function costPieces({ mission }: MissionModel, now: number): Line {
  const { spent, budget } = mission;
  const wall = wallTime(mission, now);
  const amounts = [
    [spent.tokens, budget.tokens, grouped, ' tokens'],
    [spent.money, budget.money, (amount: number) => `$${amount.toFixed(2)}`, ''],
    [spent.energy, budget.energy, String, ' energy'],
    [budget.wall === undefined ? 0 : wall, budget.wall, clock, ''],
    [budget.attempts === undefined ? 0 : spent.attempts, budget.attempts, grouped, ' attempts'],
  ] as const;
  return amounts
    .filter(([used, limit]) => used > 0 || limit !== undefined)
    .map(([used, limit, show, unit], at) => {
      const text = `${at === 0 ? '' : '  '}${show(used)}${limit === undefined ? '' : ` of ${show(limit)}`}${unit}`;
      return piece(text, limit === undefined ? undefined : used >= limit ? 'red' : used >= limit * 0.9 ? 'yellow' : undefined);
    });
}

function wallTime({ wall, sessionAt, lastAt, state }: MissionModel['mission'], now: number): number {
  if (sessionAt === undefined) return 0;
  const until = state === 'running' ? Math.max(now, lastAt ?? now) : (lastAt ?? sessionAt);
  return Math.max(0, wall + until - sessionAt);
}

/** In whole seconds: it is drawn anew with each. */
function wallOf({ mission }: MissionModel, now: number): string {
  const wall = wallTime(mission, now);
  return mission.state === 'running' ? clock(wall) : duration(wall);
}

/** `7s`, `2m05s`, `1h02m`. */
export function clock(milliseconds: number): string {
  return milliseconds < 60_000 ? `${Math.floor(Math.max(0, milliseconds) / 1000)}s` : duration(milliseconds);
}
