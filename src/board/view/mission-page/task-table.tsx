import type { JSX } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';

import { duration } from '../../../base/times.ts';
import type { Report, ReportMilestone, ReportTask } from '../../../runtime/report/model/report.ts';
import type { MissionModel } from '../../state/mission-model.ts';
import { useNow } from '../shell/desk.ts';
import { memo } from '../parts/memo.ts';
import { Empty, Link, Mark, StateBadge } from '../parts/parts.tsx';
import type { MissionPlace } from '../shell/route.ts';
import { shownText } from '../parts/shown-text.ts';
import { useRowKeys } from '../parts/use-row-keys.ts';
import { useWindow } from '../parts/use-window.ts';

const ROW = 34;
const STATES = ['running', 'failed', 'waiting', 'succeeded', 'cached', 'skipped', 'cancelled'] as const;

type Line = { milestone: ReportMilestone } | { task: ReportTask };

/** The tasks of a mission by milestone: what the graph shows, for everybody. */
export function TaskTable({ model, place }: { model: MissionModel; place: MissionPlace }): JSX.Element {
  const [state, setState] = useState<ReportTask['state'] | null>(null);
  const [text, setText] = useState('');
  const { tasks, milestones, counts } = model.report;
  const lines = useMemo(() => linesOf({ tasks, milestones }, { state, text }), [tasks, milestones, state, text]);
  const table = useRef<HTMLTableSectionElement>(null);
  const { from, to, before, behind } = useWindow(table, { count: lines.length, height: ROW });
  const places = useMemo(() => lines.flatMap((line, at) => ('task' in line ? [at] : [])), [lines]);
  const onKeyDown = useRowKeys(table, { places, height: ROW });
  const now = useNow(1000, counts.running > 0);
  const passed = now - Date.parse(model.report.mission.startedAt);
  return (
    <>
      <div class="tools">
        <div class="chips" role="group" aria-label="Show">
          <button type="button" aria-pressed={state === null} onClick={() => setState(null)}>
            all <span class="n">{counts.total}</span>
          </button>
          {STATES.filter((each) => counts[each] > 0).map((each) => (
            <button key={each} type="button" aria-pressed={state === each} onClick={() => setState(state === each ? null : each)}>
              <Mark state={each} />
              {each} <span class="n">{counts[each]}</span>
            </button>
          ))}
        </div>
        <label class="search">
          <span class="listened">Find a task</span>
          <input type="search" placeholder="Find a task" value={text} onInput={(event) => setText(event.currentTarget.value)} />
        </label>
      </div>
      {lines.length === 0 ? <Empty>No task is like that.</Empty> : null}
      <div class="sheet" hidden={lines.length === 0}>
        <table class="tasks" aria-rowcount={lines.length + 1}>
          <thead>
            <tr aria-rowindex={1}>
              <th scope="col">State</th>
              <th scope="col">Task</th>
              <th scope="col">Kind</th>
              <th scope="col" class="n">
                Tries
              </th>
              <th scope="col" class="n">
                Time
              </th>
            </tr>
          </thead>
          <tbody ref={table} onKeyDown={onKeyDown}>
            {before === 0 ? null : <Gap height={before} />}
            {lines
              .slice(from, to)
              .map((line, at) =>
                'task' in line ? (
                  <TaskRow
                    key={line.task.id}
                    task={line.task}
                    at={from + at}
                    place={place}
                    passed={line.task.state === 'running' ? passed : 0}
                  />
                ) : (
                  <MilestoneRow key={`# ${line.milestone.title}`} milestone={line.milestone} at={from + at} />
                ),
              )}
            {behind === 0 ? null : <Gap height={behind} />}
          </tbody>
        </table>
      </div>
    </>
  );
}

function linesOf(
  { tasks, milestones }: Pick<Report, 'tasks' | 'milestones'>,
  { state, text }: { state: string | null; text: string },
): Line[] {
  const wanted = text.trim().toLowerCase();
  const found = tasks.filter(
    (task) =>
      (state === null || task.state === state) &&
      (wanted === '' || task.id.toLowerCase().includes(wanted) || task.title.toLowerCase().includes(wanted)),
  );
  const members = Map.groupBy(found, ({ milestone }) => milestone);
  return milestones.flatMap((milestone) => {
    const own = members.get(milestone.title) ?? [];
    return own.length === 0 ? [] : [{ milestone }, ...own.map((task) => ({ task }))];
  });
}

function Gap({ height }: { height: number }): JSX.Element {
  return (
    <tr class="gap" aria-hidden="true">
      <td colSpan={5} style={{ height: `${height}px` }} />
    </tr>
  );
}

const MilestoneRow = memo(function MilestoneRow({ milestone, at }: { milestone: ReportMilestone; at: number }): JSX.Element {
  const { title, state, settled, total } = milestone;
  return (
    <tr class="milestone" aria-rowindex={at + 2}>
      <th scope="rowgroup" colSpan={5}>
        <Mark state={state} /> {shownText(title, 120)}{' '}
        <small>
          {settled} of {total} settled
        </small>
      </th>
    </tr>
  );
});

interface RowProps {
  task: ReportTask;
  at: number;
  place: MissionPlace;
  passed: number;
}

const TaskRow = memo(function TaskRow({ task, at, place, passed }: RowProps): JSX.Element {
  const { id, title, state, kind, attempts, reason, elapsed } = task;
  const running = state === 'running' ? attempts.at(-1) : undefined;
  const time = running === undefined ? elapsed : Math.max(0, passed - running.start);
  const isOpen = place.task === id;
  return (
    <tr class={isOpen ? 'chosen' : undefined} aria-rowindex={at + 2}>
      <td>
        <StateBadge state={state} />
      </td>
      <th scope="row">
        <div class="line">
          <Link to={{ ...place, task: isOpen ? null : id }}>{shownText(id, 80)}</Link>
          <span class="title">{shownText(title, 160)}</span>
          {reason === null || state === 'succeeded' ? null : <span class="why">{shownText(firstLine(reason), 160)}</span>}
        </div>
      </th>
      <td class="soft">{kind}</td>
      <td class="n">{attempts.length === 0 ? <span class="soft">–</span> : attempts.length}</td>
      <td class="n">{attempts.length === 0 ? <span class="soft">–</span> : duration(time)}</td>
    </tr>
  );
});

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
