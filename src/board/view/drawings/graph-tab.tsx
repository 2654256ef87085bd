import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';

import { counted } from '../../../base/text.ts';
import { duration } from '../../../base/times.ts';
import { type GraphLayout, layOutGraph, type NodeSize } from '../../../runtime/report/html/graph-layout.ts';
import { impliedNeeds } from '../../../runtime/report/html/implied-needs.ts';
import { shapeOf } from '../../../runtime/report/html/state-mark.ts';
import type { Report, ReportMilestone, ReportTask } from '../../../runtime/report/model/report.ts';
import type { MissionModel } from '../../state/mission-model.ts';
import { memo } from '../parts/memo.ts';
import { Link } from '../parts/parts.tsx';
import { Pieces } from '../parts/pieces.tsx';
import type { MissionPlace } from '../shell/route.ts';
import { shownText } from '../parts/shown-text.ts';

/** A larger graph is drawn by its milestones, and each of those by itself. */
const MOST_NODES = 120;
/** And a milestone that is larger than this, or the milestones if they are more, piece by piece. */
const MOST_OF_MILESTONE = 200;
const SIZE: NodeSize = { width: 204, height: 42, columnGap: 48, rowGap: 12, groupGap: 24 };
const HEAD = 40;
const MARGIN = 14;

/** What waits for what. The list of tasks says the same without a drawing. */
export function GraphTab({ model, place }: { model: MissionModel; place: MissionPlace }): JSX.Element {
  const { report } = model;
  const isLarge = report.tasks.length > MOST_NODES;
  const [milestone, setMilestone] = useState<string | null>(null);
  const shown = milestone === null ? report.tasks : report.tasks.filter((task) => task.milestone === milestone);
  const byTask = !isLarge || milestone !== null;
  return (
    <>
      <p class="lead">
        {counted(report.tasks.length, 'task')} in {counted(report.milestones.length, 'milestone')}.{' '}
        {byTask
          ? 'An arrow leads from what is needed to what waits for it; dotted ones follow from others.'
          : 'Too many to draw at once: choose a milestone.'}{' '}
        <Link to={{ ...place, tab: 'tasks' }}>The same as a list</Link>
      </p>
      {isLarge && milestone !== null ? (
        <p>
          <button type="button" onClick={() => setMilestone(null)}>
            ← All milestones
          </button>{' '}
          <b>{shownText(milestone, 120)}</b>
        </p>
      ) : null}
      {byTask ? (
        <Pieces key={milestone} items={shown} most={MOST_OF_MILESTONE} what="task">
          {(tasks) => <TaskGraph tasks={tasks} milestones={report.milestones} place={place} />}
        </Pieces>
      ) : (
        <Pieces items={report.milestones} most={MOST_OF_MILESTONE} what="milestone">
          {(milestones) => <Milestones milestones={milestones} onChoose={setMilestone} />}
        </Pieces>
      )}
    </>
  );
}

function TaskGraph({
  tasks,
  milestones,
  place,
}: {
  tasks: readonly ReportTask[];
  milestones: Report['milestones'];
  place: MissionPlace;
}): JSX.Element {
  const key = tasks.map(({ id }) => id).join('\n');
  // Where things are follows from the graph, which does not change; only how they stand does.
  const { layout, edges } = useMemo(() => drawingOf(tasks, milestones), [key]);
  const heads = milestones.filter(({ title }) => tasks.some((task) => task.milestone === title));
  const position = new Map(milestones.map(({ title }, at) => [at, title]));
  return (
    <div class="sheet drawing" tabIndex={0} role="group" aria-label="Drawing of the task graph">
      <svg
        class="graph"
        role="group"
        aria-label="Task graph"
        width={layout.width + 2 * MARGIN}
        height={layout.height + HEAD + MARGIN}
        viewBox={`${-MARGIN} ${-HEAD} ${layout.width + 2 * MARGIN} ${layout.height + HEAD + MARGIN}`}
      >
        <defs>
          <marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
            <path d="M0 .8 7.2 4 0 7.2z" />
          </marker>
        </defs>
        {layout.groups.map(({ group, x, width }, at) => (
          <Band
            key={group}
            x={x}
            width={width}
            first={at === 0}
            height={layout.height}
            milestone={heads.find(({ title }) => title === position.get(group))}
          />
        ))}
        <Edges edges={edges} />
        {tasks.map((task, at) => (
          <Node
            key={task.id}
            task={task}
            place={place}
            x={layout.places[at]?.x ?? 0}
            y={layout.places[at]?.y ?? 0}
            chosen={place.task === task.id}
          />
        ))}
      </svg>
    </div>
  );
}

interface Edge {
  path: string;
  implied: boolean;
  why: string;
}

function drawingOf(tasks: readonly ReportTask[], milestones: Report['milestones']): { layout: GraphLayout; edges: Edge[] } {
  const position = new Map(tasks.map(({ id }, at) => [id, at]));
  const groups = new Map(milestones.map(({ title }, at) => [title, at]));
  const nodes = tasks.map(({ milestone, needs }) => ({
    group: groups.get(milestone) ?? 0,
    needs: needs.flatMap(({ task }) => position.get(task) ?? []),
  }));
  const layout = layOutGraph(nodes, SIZE);
  const implied = impliedNeeds(nodes.map(({ needs }) => needs));
  const edges = tasks.flatMap(({ id, needs }, to) =>
    needs.flatMap(({ task, because }) => {
      const from = position.get(task);
      const [start, end] = [from === undefined ? undefined : layout.places[from], layout.places[to]];
      if (from === undefined || start === undefined || end === undefined) return [];
      return [{ path: curve(start, end), implied: implied[to]?.has(from) === true, why: `${id} needs ${task}: ${because}` }];
    }),
  );
  return { layout, edges: edges.slice(0, 1500) };
}

function curve(from: { x: number; y: number }, to: { x: number; y: number }): string {
  const [x1, y1] = [from.x + SIZE.width, from.y + SIZE.height / 2];
  const [x2, y2] = [to.x - 2, to.y + SIZE.height / 2];
  const bend = Math.max(26, Math.min(90, (x2 - x1) / 2));
  return `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
}

const Edges = memo(function Edges({ edges }: { edges: readonly Edge[] }): JSX.Element {
  return (
    <g aria-hidden="true">
      {edges.map(({ path, implied, why }) => (
        <g key={why} class={implied ? 'edge implied' : 'edge'}>
          <path d={path} marker-end={implied ? undefined : 'url(#tip)'} />
          <title>{shownText(why)}</title>
        </g>
      ))}
    </g>
  );
});

interface BandProps {
  x: number;
  width: number;
  first: boolean;
  height: number;
  milestone: Report['milestones'][number] | undefined;
}

function Band({ x, width, first, height, milestone }: BandProps): JSX.Element | null {
  if (milestone === undefined) return null;
  const { title, state } = milestone;
  const line = x - (SIZE.columnGap + SIZE.groupGap) / 2;
  return (
    <g class={`band s-${shapeOf(state)}`}>
      {first ? null : <path class="barrier" d={`M${line} ${10 - HEAD}V${height}`} />}
      <svg x={x} y={10 - HEAD} width="14" height="14">
        <use href={`#m-${shapeOf(state)}`} />
      </svg>
      <text x={x + 20} y={22 - HEAD}>
        {shownText(title, Math.floor((width - 22) / 7.4))}
        <title>
          {shownText(title)}: {state}
        </title>
      </text>
    </g>
  );
}

interface NodeProps {
  task: ReportTask;
  place: MissionPlace;
  x: number;
  y: number;
  chosen: boolean;
}

const Node = memo(function Node({ task, place, x, y, chosen }: NodeProps): JSX.Element {
  const { id, title, state } = task;
  const shape = shapeOf(state);
  return (
    <Link to={{ ...place, task: chosen ? null : id }} class={`node s-${shape}${chosen ? ' chosen' : ''}`}>
      <title>
        {shownText(id, 80)}: {shownText(title, 200)} ({state})
      </title>
      <rect x={x} y={y} width={SIZE.width} height={SIZE.height} rx="7" />
      <svg x={x + 9} y={y + 13} width="16" height="16" aria-hidden="true">
        <use href={`#m-${shape}`} />
      </svg>
      <text class="id" x={x + 33} y={y + 18}>
        {shownText(id, 24)}
      </text>
      <text class="note" x={x + 33} y={y + 32}>
        {shownText(noteOf(task), 28)}
      </text>
    </Link>
  );
});

function noteOf({ state, elapsed, attempts }: ReportTask): string {
  const tries = attempts.length > 1 ? `, ${attempts.length} tries` : '';
  return attempts.length === 0 || state === 'running' ? `${state}${tries}` : `${state}, ${duration(elapsed)}${tries}`;
}

/** The graph of the milestones; each is a barrier before the next. */
function Milestones({
  milestones,
  onChoose,
}: {
  milestones: readonly ReportMilestone[];
  onChoose: (title: string) => void;
}): JSX.Element {
  return (
    <ol class="barriers">
      {milestones.map(({ title, state, settled, total, states }) => (
        <li key={title} class={`s-${shapeOf(state)}`}>
          <button type="button" onClick={() => onChoose(title)}>
            <svg class="mark" aria-hidden="true">
              <use href={`#m-${shapeOf(state)}`} />
            </svg>
            <b>{shownText(title, 80)}</b>
            <small>
              {settled} of {total} settled{(states.failed ?? 0) > 0 ? `, ${states.failed} failed` : ''}
              {(states.running ?? 0) > 0 ? `, ${states.running} running` : ''}
            </small>
            <svg class="progress" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
              <rect width={(settled / Math.max(1, total)) * 100} height="6" />
            </svg>
          </button>
        </li>
      ))}
    </ol>
  );
}
