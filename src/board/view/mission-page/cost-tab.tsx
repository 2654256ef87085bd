import type { JSX } from 'preact';

import { counted } from '../../../base/text.ts';
import { duration } from '../../../base/times.ts';
import type { MissionModel } from '../../state/mission-model.ts';
import { Link } from '../parts/parts.tsx';
import type { MissionPlace } from '../shell/route.ts';
import { compact, shownText } from '../parts/shown-text.ts';

/** What the mission took, what it may take, and what took longest. */
export function CostTab({ model, place }: { model: MissionModel; place: MissionPlace }): JSX.Element {
  const { cost, tasks } = model.report;
  const longest = tasks
    .filter(({ elapsed }) => elapsed > 0)
    .toSorted((a, b) => b.elapsed - a.elapsed)
    .slice(0, 15);
  const most = longest[0]?.elapsed ?? 1;
  return (
    <div class="columns">
      <section>
        <h2>Spent</h2>
        <Spent model={model} />
        <h2>Time</h2>
        <dl class="pairs">
          <dt>From first to last entry</dt>
          <dd>{duration(cost.elapsed)}</dd>
          <dt>A process was at work</dt>
          <dd>{duration(cost.active)}</dd>
          <dt>All attempts together</dt>
          <dd>{duration(cost.work)}</dd>
          <dt>Longest chain of needs</dt>
          <dd>{duration(cost.critical.elapsed)}</dd>
          <dt>Taken from the cache</dt>
          <dd>
            {counted(cost.cache.hits, 'task')}
            {cost.cache.saved > 0 ? `, which saved ${duration(cost.cache.saved)}` : ''}
          </dd>
        </dl>
        <h3>The chain that no number of lanes makes shorter</h3>
        <ol class="chain">
          {cost.critical.tasks.slice(0, 40).map((id) => (
            <li key={id}>
              <Link to={{ ...place, task: id }}>{shownText(id, 80)}</Link>
            </li>
          ))}
        </ol>
      </section>
      <section>
        <h2>What took longest</h2>
        <ol class="bars">
          {longest.map(({ id, elapsed }) => (
            <li key={id}>
              <Link to={{ ...place, task: id }}>{shownText(id, 80)}</Link>
              <span class="n">{duration(elapsed)}</span>
              <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
                <rect width={(elapsed / most) * 100} height="4" />
              </svg>
            </li>
          ))}
        </ol>
        {longest.length === 0 ? <p class="soft">Nothing has run yet.</p> : null}
      </section>
    </div>
  );
}

function Spent({ model: { spent, budget } }: { model: MissionModel }): JSX.Element {
  const rows = [
    { name: 'Tokens', used: spent.tokens, may: budget?.tokens, text: compact },
    { name: 'Money, US dollars', used: spent.money, may: budget?.money, text: (value: number) => `$${value.toFixed(2)}` },
    { name: 'Energy', used: spent.energy, may: budget?.energy, text: compact },
    { name: 'Attempts', used: spent.attempts, may: budget?.attempts, text: compact },
    { name: 'Time at work', used: spent.wall, may: budget?.wall, text: duration },
  ];
  return (
    <table class="spent">
      <thead>
        <tr>
          <th scope="col">What</th>
          <th scope="col" class="n">
            Used
          </th>
          <th scope="col" class="n">
            Allowed
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, used, may, text }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td class="n">{text(used)}</td>
            <td class={may !== undefined && used > may ? 'n over' : 'n'}>
              {may === undefined ? <span class="soft">no limit</span> : text(may)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
