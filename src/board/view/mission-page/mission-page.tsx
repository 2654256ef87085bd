import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import type { MissionModel } from '../../state/mission-model.ts';
import { ApprovalCard } from '../missions/approval-card.tsx';
import { useDesk } from '../shell/desk.ts';
import { lazy } from '../parts/lazy.tsx';
import { MissionHead } from './mission-head.tsx';
import { Link, Loading, Trouble } from '../parts/parts.tsx';
import { type MissionPlace, type Tab, TABS } from '../shell/route.ts';
import { TaskPanel } from './task-panel.tsx';
import { TaskTable } from './task-table.tsx';
import { useMission } from './use-mission.ts';

const GraphTab = lazy(async () => (await import('../drawings/graph-tab.tsx')).GraphTab);
const TimelineTab = lazy(async () => (await import('../drawings/timeline-tab.tsx')).TimelineTab);
const GateTab = lazy(async () => (await import('../evidence/gate-tab.tsx')).GateTab);
const EvidenceTab = lazy(async () => (await import('../evidence/evidence-tab.tsx')).EvidenceTab);
const CostTab = lazy(async () => (await import('./cost-tab.tsx')).CostTab);
const LogTab = lazy(async () => (await import('./log-tab.tsx')).LogTab);

export function MissionPage({ place }: { place: MissionPlace }): JSX.Element {
  const { model, error, read } = useMission(place.mission);
  useAnnouncedState(model);
  if (model === undefined) return error === undefined ? <Loading what="the mission" /> : <Trouble error={error} again={read} />;
  const { report, approvals } = model;
  const { mission, tasks } = report;
  return (
    <>
      <MissionHead model={model} onChange={read} />
      {error === undefined ? null : <Trouble error={error} again={read} />}
      {approvals.map((approval) => (
        <ApprovalCard
          key={`${approval.task} ${approval.question ?? ''}`}
          mission={{ id: mission.id, title: mission.specification.title }}
          approval={approval}
          title={tasks[model.places.get(approval.task) ?? -1]?.title ?? approval.task}
          counts={report.counts}
          onDone={read}
        />
      ))}
      <Tabs place={place} />
      <div class={place.task === null ? 'split' : 'split open'}>
        <div class="pane">
          <Content tab={place.tab} model={model} place={place} />
        </div>
        {place.task === null ? null : <TaskPanel key={place.task} model={model} place={place} task={place.task} />}
      </div>
    </>
  );
}

const WORDS: Readonly<Record<Tab, string>> = {
  tasks: 'Tasks',
  graph: 'Graph',
  timeline: 'Timeline',
  gate: 'Gate',
  evidence: 'Evidence',
  cost: 'Cost',
  log: 'Log',
};

function Tabs({ place }: { place: MissionPlace }): JSX.Element {
  return (
    <nav class="tabs" aria-label="This mission">
      {TABS.map((tab) => (
        <Link key={tab} to={{ ...place, tab }} current={tab === place.tab}>
          {WORDS[tab]}
        </Link>
      ))}
    </nav>
  );
}

function Content({ tab, model, place }: { tab: Tab; model: MissionModel; place: MissionPlace }): JSX.Element {
  if (tab === 'graph') return <GraphTab model={model} place={place} />;
  if (tab === 'timeline') return <TimelineTab model={model} place={place} />;
  if (tab === 'gate') return <GateTab model={model} place={place} />;
  if (tab === 'evidence') return <EvidenceTab model={model} place={place} />;
  if (tab === 'cost') return <CostTab model={model} place={place} />;
  if (tab === 'log') return <LogTab model={model} place={place} />;
  return <TaskTable model={model} place={place} />;
}

/** Says how the mission stands to those who do not see it change. */
function useAnnouncedState(model: MissionModel | undefined): void {
  const { announce } = useDesk();
  const before = useRef<string | undefined>(undefined);
  const counts = model?.report.counts;
  const state = model?.report.mission.state;
  const text =
    counts === undefined
      ? undefined
      : `Mission ${state}: ${counts.total - counts.waiting - counts.running} of ${counts.total} tasks settled${counts.failed > 0 ? `, ${counts.failed} failed` : ''}.`;
  useEffect(() => {
    if (text !== undefined && before.current !== undefined && before.current !== text) announce(text);
    before.current = text;
  }, [text, announce]);
}
