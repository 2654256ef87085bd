import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';

import { counted, grouped } from '../../../base/text.ts';
import { duration } from '../../../base/times.ts';
import type { Word } from '../../access/api.ts';
import type { MissionModel } from '../../state/mission-model.ts';
import { useDesk, useNow } from '../shell/desk.ts';
import { Copyable, Link, Moment, Progress, StateBadge, Title, Trouble } from '../parts/parts.tsx';
import { compact, shownText } from '../parts/shown-text.ts';

/** What a mission is, how it stands, and what can be said to it. */
export function MissionHead({ model, onChange }: { model: MissionModel; onChange: () => void }): JSX.Element {
  const { mission } = model.report;
  const { title, dialect } = mission.specification;
  return (
    <>
      <div class="head">
        <div class="name">
          <p class="crumb">
            <Link to={{ page: 'missions' }}>Missions</Link> <span aria-hidden="true">/</span>{' '}
            <Copyable text={mission.id} shown={mission.id.slice(0, 13)} what="mission id" />
          </p>
          <Title name={title}>{shownText(title, 200)}</Title>
          <p class="soft">
            {shownText(mission.objective, 240)} · {dialect} · {mission.priority} · started <Moment at={mission.startedAt} />
          </p>
        </div>
        <Actions model={model} onChange={onChange} />
      </div>
      {mission.reason === null ? null : <p class="note">{shownText(mission.reason, 600)}</p>}
      <Figures model={model} />
    </>
  );
}

function Actions({ model, onChange }: { model: MissionModel; onChange: () => void }): JSX.Element {
  const { api, announce } = useDesk();
  const [error, setError] = useState<unknown>(undefined);
  const [busy, setBusy] = useState(false);
  const { id, state } = model.report.mission;
  const say = async (word: Word): Promise<void> => {
    if (word === 'cancel' && !confirm('Cancel this mission? What runs is stopped; what is done stays on record.')) return;
    setBusy(true);
    setError(undefined);
    try {
      await api.say(word, id);
      announce(`${word}: done`);
      onChange();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  const words = wordsFor(state);
  return (
    <div class="actions">
      <div class="row" role="group" aria-label="Say to the mission">
        {words.map((word) => (
          <button
            key={word}
            type="button"
            class={word === 'cancel' ? 'danger' : ''}
            disabled={busy}
            onClick={() => void say(word)}
          >
            {word[0]?.toUpperCase()}
            {word.slice(1)}
          </button>
        ))}
      </div>
      {error === undefined ? null : <Trouble error={error} />}
    </div>
  );
}

function wordsFor(state: string): Word[] {
  if (state === 'running') return ['pause', 'cancel'];
  if (state === 'waiting' || state === 'planned') return ['resume', 'cancel'];
  return state === 'succeeded' ? [] : ['retry'];
}

function Figures({ model }: { model: MissionModel }): JSX.Element {
  const { mission, counts, gate, cost, artifacts, statements, asOf } = model.report;
  const runs = mission.state === 'running';
  const now = useNow(1000, runs);
  const elapsed = runs ? Math.max(asOf.time, now - Date.parse(mission.startedAt)) : asOf.time;
  const settled = counts.total - counts.waiting - counts.running;
  const { tokens, money } = model.spent;
  return (
    <dl class="figures">
      <Figure name="State">
        <StateBadge state={mission.state} />
        <small>
          {runs ? counted(counts.running, 'task') + ' running' : mission.finishedAt === null ? 'not finished' : 'finished'}
        </small>
      </Figure>
      <Figure name="Tasks settled">
        <b>
          {grouped(settled)}
          <i>/{grouped(counts.total)}</i>
        </b>
        <Progress counts={counts} label={`${settled} of ${counts.total} tasks settled, ${counts.failed} failed`} />
      </Figure>
      <Figure name="Gate">
        <StateBadge state={gate.result} />
        <small>
          {gate.reasons.length === 0
            ? gate.result === 'pending'
              ? 'not decided yet'
              : 'nothing is missing'
            : counted(gate.reasons.length, 'reason')}
        </small>
      </Figure>
      <Figure name="Evidence">
        <b>{grouped(statements.length)}</b>
        <small>signed statements on {counted(artifacts.length, 'file')}</small>
      </Figure>
      <Figure name="Elapsed">
        <b>{duration(elapsed)}</b>
        <small>{runs ? 'since it was started' : `${duration(cost.work)} of work`}</small>
      </Figure>
      <Figure name="Spent">
        <b>{money > 0 ? `$${money.toFixed(2)}` : compact(tokens)}</b>
        <small>{money > 0 ? `${compact(tokens)} tokens` : 'tokens'}</small>
      </Figure>
    </dl>
  );
}

function Figure({ name, children }: { name: string; children: ComponentChildren }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
