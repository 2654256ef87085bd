import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import { duration } from '../../../base/times.ts';
import type { ReportTask } from '../../../runtime/report/model/report.ts';
import type { MissionModel } from '../../state/mission-model.ts';
import { useDesk } from '../shell/desk.ts';
import { Json, Link, Loading, Moment, StateBadge, Trouble } from '../parts/parts.tsx';
import type { MissionPlace } from '../shell/route.ts';
import { shownText } from '../parts/shown-text.ts';
import { useLoaded } from '../parts/use-loaded.ts';

/** One task: what it is, why it ran, what became of it. */
export function TaskPanel({ model, place, task: id }: { model: MissionModel; place: MissionPlace; task: string }): JSX.Element {
  const { go } = useDesk();
  const panel = useRef<HTMLElement>(null);
  const task = model.report.tasks[model.places.get(id) ?? -1];
  const close = (): void => go({ ...place, task: null });
  useEffect(() => panel.current?.focus({ preventScroll: true }), []);
  return (
    <aside
      class="panel"
      ref={panel}
      tabIndex={-1}
      aria-label={`Task ${id}`}
      onKeyDown={(event) => {
        if (event.key === 'Escape') close();
      }}
    >
      <div class="panelhead">
        <h2>
          <code>{shownText(id, 120)}</code>
        </h2>
        <button type="button" class="quiet" onClick={close} aria-label="Close the task">
          ✕
        </button>
      </div>
      {task === undefined ? <p>This mission has no such task.</p> : <Body model={model} task={task} place={place} />}
    </aside>
  );
}

function Body({ model, task, place }: { model: MissionModel; task: ReportTask; place: MissionPlace }): JSX.Element {
  const { title, state, kind, milestone, source, reason, requirements, needs } = task;
  return (
    <>
      <p>{shownText(title, 400)}</p>
      <p>
        <StateBadge state={state} /> <span class="soft">{kind}</span>
      </p>
      {reason === null ? null : <pre class="reason">{shownText(reason, 4000)}</pre>}
      <dl class="pairs">
        <dt>Milestone</dt>
        <dd>{shownText(milestone, 120)}</dd>
        <dt>Source</dt>
        <dd>
          <code>
            {shownText(source.file, 200)}:{source.line}
          </code>
        </dd>
        {requirements.length === 0 ? null : (
          <>
            <dt>Requirements</dt>
            <dd>{shownText(requirements.join(', '), 400)}</dd>
          </>
        )}
      </dl>
      <Attempts task={task} />
      <h3>Needs</h3>
      {needs.length === 0 ? <p class="soft">Nothing.</p> : null}
      <ul class="needs">
        {needs.slice(0, 60).map((need) => (
          <li key={need.task}>
            <StateBadge state={model.report.tasks[model.places.get(need.task) ?? -1]?.state ?? 'waiting'} word="" />
            <Link to={{ ...place, task: need.task }}>{shownText(need.task, 80)}</Link>{' '}
            <span class="soft">{shownText(need.because, 160)}</span>
          </li>
        ))}
        {needs.length > 60 ? <li class="soft">and {needs.length - 60} more</li> : null}
      </ul>
      <Explanation model={model} task={task} />
      <Entries model={model} task={task} />
    </>
  );
}

function Attempts({ task: { attempts, cached } }: { task: ReportTask }): JSX.Element {
  return (
    <>
      <h3>Attempts</h3>
      {cached === null ? null : (
        <p class="soft">
          Taken over from mission <code>{cached.origin.slice(0, 13)}</code>
          {cached.saved === null ? '' : `, which saved ${duration(cached.saved)}`}.
        </p>
      )}
      {attempts.length === 0 && cached === null ? <p class="soft">None yet.</p> : null}
      <ul class="attempts">
        {attempts.map(({ number, outcome, start, end, startedAt, usage, lane }) => (
          <li key={number}>
            <StateBadge state={outcome} word={`${number}. ${outcome}`} />{' '}
            <span class="soft">
              {end === null ? 'since ' : `${duration(end - start)}, `}
              <Moment at={startedAt} />, lane {lane}
              {usage?.tokens == null ? '' : `, ${usage.tokens} tokens`}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

function Explanation({ model, task }: { model: MissionModel; task: ReportTask }): JSX.Element {
  const { api } = useDesk();
  const { id } = model.report.mission;
  const { value, error } = useLoaded(`${id} ${task.id} ${task.state} ${task.attempts.length}`, async () =>
    api.explanation(id, task.id),
  );
  return (
    <>
      <h3>Why</h3>
      {error === undefined ? null : <Trouble error={error} />}
      {value === undefined ? error === undefined ? <Loading what="why" /> : null : <p>{shownText(value.because, 800)}</p>}
      {value === undefined || value.changes.length === 0 ? null : (
        <ul class="soft">
          {value.changes.slice(0, 20).map(({ input }) => (
            <li key={input}>{shownText(input, 160)} has changed</li>
          ))}
        </ul>
      )}
      {value === undefined || value.outputs.length === 0 ? null : (
        <details>
          <summary>{value.outputs.length} outputs</summary>
          <ul class="files">
            {value.outputs.slice(0, 200).map(({ path, digest }) => (
              <li key={path}>
                <code>{shownText(path, 200)}</code> <code class="soft">{digest.slice(7, 19)}</code>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

/** Entries of the log about the task; read when they are asked for. */
function Entries({ model, task }: { model: MissionModel; task: ReportTask }): JSX.Element {
  const { api } = useDesk();
  const { id } = model.report.mission;
  const { value, error } = useLoaded(`${id} ${task.id} ${task.state} ${task.attempts.length}`, async () => api.logs(id, task.id));
  if (value === undefined) return error === undefined ? <Loading what="entries" /> : <Trouble error={error} />;
  return (
    <details>
      <summary>{value.items.length} entries in the log</summary>
      <ol class="entries">
        {value.items.slice(-60).map(({ seq, at, entry, data }) => (
          <li key={seq}>
            <details>
              <summary>
                <span class="n">{seq}</span> <code>{entry}</code> <Moment at={at} />
              </summary>
              <Json value={data} most={6000} />
            </details>
          </li>
        ))}
      </ol>
    </details>
  );
}
