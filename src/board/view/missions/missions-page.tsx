import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { between } from '../../../base/times.ts';
import { countsIn, type Filter, FILTERS, isOpen, matches, type MissionItem, type OpenMission } from '../../state/mission-list.ts';
import { Empty, Link, Loading, Moment, Progress, StateBadge, Title, Trouble } from '../parts/parts.tsx';
import { shownText } from '../parts/shown-text.ts';
import type { Missions } from './use-open-missions.ts';

/** How many are drawn at once. */
const MOST = 200;

export function MissionsPage({ missions: { items, open, error, read, more } }: { missions: Missions }): JSX.Element {
  const [filter, setFilter] = useState<Filter>('all');
  const [text, setText] = useState('');
  const [most, setMost] = useState(MOST);
  const found = (items ?? []).filter((item) => matches(item, { filter, text }));
  return (
    <>
      <div class="head">
        <Title name="Missions">Missions</Title>
        <div class="tools">
          <Filters items={items ?? []} filter={filter} onFilter={setFilter} />
          <label class="search">
            <span class="listened">Find a mission</span>
            <input
              type="search"
              placeholder="Find by title or id"
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          </label>
        </div>
      </div>
      {error === undefined ? null : <Trouble error={error} again={read} />}
      {items === undefined && error === undefined ? <Loading what="missions" /> : null}
      {items?.length === 0 ? <NoMissions /> : null}
      {found.length === 0 && (items?.length ?? 0) > 0 ? <Empty>No mission is like that.</Empty> : null}
      {found.length === 0 ? null : <Table items={found.slice(0, most)} open={open} />}
      {found.length > most ? (
        <button type="button" onClick={() => setMost(most + MOST)}>
          Show {Math.min(MOST, found.length - most)} more
        </button>
      ) : more === undefined ? null : (
        <p>
          <button
            type="button"
            onClick={() => {
              setMost(most + MOST);
              more();
            }}
          >
            Read older missions
          </button>{' '}
          <span class="soft">The last {items?.length} are here; what is found, and counted, is among these.</span>
        </p>
      )}
    </>
  );
}

function Filters({
  items,
  filter,
  onFilter,
}: {
  items: readonly MissionItem[];
  filter: Filter;
  onFilter: (filter: Filter) => void;
}): JSX.Element {
  return (
    <div class="chips" role="group" aria-label="Show">
      {FILTERS.map((each) => {
        const count = items.filter((item) => matches(item, { filter: each, text: '' })).length;
        return (
          <button key={each} type="button" aria-pressed={each === filter} onClick={() => onFilter(each)}>
            {each === 'open' ? 'in progress' : each} <span class="n">{count}</span>
          </button>
        );
      })}
    </div>
  );
}

function Table({ items, open }: { items: readonly MissionItem[]; open: Missions['open'] }): JSX.Element {
  return (
    <div class="sheet">
      <table class="missions">
        <thead>
          <tr>
            <th scope="col">State</th>
            <th scope="col">Mission</th>
            <th scope="col">Progress</th>
            <th scope="col">Priority</th>
            <th scope="col">Started</th>
            <th scope="col" class="n">
              Took
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <Row key={item.id} item={item} open={open.get(item.id)} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ item, open }: { item: MissionItem; open: OpenMission | undefined }): JSX.Element {
  const { id, state, priority, reason, startedAt, finishedAt, specification } = item;
  const asked = open?.approvals.length ?? 0;
  return (
    <tr>
      <td>
        <StateBadge state={state} />
      </td>
      <th scope="row">
        <Link to={{ page: 'mission', mission: id, tab: 'tasks', task: null }}>{shownText(specification.title, 140)}</Link>
        <small>
          <code>{id.slice(0, 13)}</code>
          {reason === null ? null : <span class="why">{shownText(reason, 120)}</span>}
        </small>
      </th>
      <td>
        {open === undefined ? <span class="soft">{isOpen(item) ? '…' : '–'}</span> : <Standing open={open} />}
        {asked === 0 ? null : (
          <Link to={{ page: 'approvals' }} class="asked">
            {asked === 1 ? '1 approval' : `${asked} approvals`}
          </Link>
        )}
      </td>
      <td>{priority}</td>
      <td>
        <Moment at={startedAt} />
      </td>
      <td class="n">{between(startedAt, finishedAt) || <span class="soft">–</span>}</td>
    </tr>
  );
}

function Standing({ open }: { open: OpenMission }): JSX.Element {
  const counts = countsIn(open);
  const settled = counts.total - counts.waiting - counts.running;
  return (
    <span class="standing">
      <Progress counts={counts} label={`${settled} of ${counts.total} tasks settled`} />
      <small class="n">
        {settled}/{counts.total}
      </small>
    </span>
  );
}

function NoMissions(): JSX.Element {
  return (
    <Empty>
      <p>No mission has been started here.</p>
      <pre>
        spec-kit remote add here {location.origin} --token-file TOKEN{'\n'}spec-kit apply SPEC --remote here
      </pre>
    </Empty>
  );
}
