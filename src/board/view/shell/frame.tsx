import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';

import { ApprovalsPage } from '../missions/approvals-page.tsx';
import { AuditPage } from '../entries/audit-page.tsx';
import { useDesk } from './desk.ts';
import { LiveBadge } from './live-badge.tsx';
import { MissionPage } from '../mission-page/mission-page.tsx';
import { MissionsPage } from '../missions/missions-page.tsx';
import { Link, Title } from '../parts/parts.tsx';
import type { Place } from './route.ts';
import { type Missions, useOpenMissions } from '../missions/use-open-missions.ts';

/** What stands around every page: where one is, where one can go, and whether what is shown is live. */
export function Frame({ place }: { place: Place }): JSX.Element {
  const { session } = useDesk();
  const missions = useOpenMissions();
  const main = useRef<HTMLElement>(null);
  const asked = [...missions.open.values()].reduce((sum, { approvals }) => sum + approvals.length, 0);
  return (
    <>
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        Skip to content
      </a>
      <header class="top">
        <div class="topbar">
          <span class="brand">
            Release Control <small>AgentNexus</small>
          </span>
          <nav aria-label="Pages">
            <Link to={{ page: 'missions' }} current={place.page === 'missions' || place.page === 'mission'}>
              Missions
            </Link>
            <Link to={{ page: 'approvals' }} current={place.page === 'approvals'}>
              Approvals
              {asked === 0 ? null : (
                <span class="count">
                  {asked}
                  <span class="listened"> waiting</span>
                </span>
              )}
            </Link>
            <Link to={{ page: 'audit' }} current={place.page === 'audit'}>
              Audit
            </Link>
          </nav>
          <LiveBadge />
          <button type="button" class="quiet" onClick={() => void session.signOut()}>
            Sign out
          </button>
        </div>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        <Page place={place} missions={missions} />
      </main>
    </>
  );
}

function Page({ place, missions }: { place: Place; missions: Missions }): JSX.Element {
  if (place.page === 'missions') return <MissionsPage missions={missions} />;
  if (place.page === 'mission') return <MissionPage key={place.mission} place={place} />;
  if (place.page === 'approvals') return <ApprovalsPage missions={missions} />;
  if (place.page === 'audit') return <AuditPage />;
  return (
    <>
      <Title name="Nothing here">Nothing here</Title>
      <p>
        This address shows nothing. <Link to={{ page: 'missions' }}>All missions</Link>
      </p>
    </>
  );
}
