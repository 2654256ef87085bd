import { describe, expect, it } from 'vitest';

import { githubAnnotations } from '../../src/cli/render/github-annotations.ts';
import { renderDot } from '../../src/cli/render/dot.ts';
import { renderDoctor } from '../../src/cli/render/doctor.ts';
import { renderEvidence, renderEvidenceList } from '../../src/cli/render/evidence.ts';
import { renderExplanation } from '../../src/cli/render/explanation.ts';
import { renderFsck } from '../../src/cli/render/fsck.ts';
import { renderLogs } from '../../src/cli/render/logs.ts';
import { renderMermaid } from '../../src/cli/render/mermaid.ts';
import { renderMission } from '../../src/cli/render/mission.ts';
import { renderMissions } from '../../src/cli/render/missions.ts';
import { renderPlanTree } from '../../src/cli/render/plan-tree.ts';
import { renderPrune, size } from '../../src/cli/render/prune.ts';
import { renderStatus } from '../../src/cli/render/status.ts';
import { duration } from '../../src/base/times.ts';
import { renderVerification } from '../../src/cli/render/verification.ts';
import { plainPaint, type Screen } from '../../src/cli/screen.ts';
import type { MissionView, VerificationView } from '../../src/runtime/app/views.ts';
import { displayWidth } from '../../src/cli/table.ts';
import { plainScreen } from './plain-screen.ts';
import { SAMPLE_VIEWS, sampleMission, samplePlan, sampleTask } from './sample-views.ts';

const options = { cwd: '/tmp/parcels' };

function sample<Kind extends (typeof SAMPLE_VIEWS)[number]['kind']>(
  kind: Kind,
): Extract<(typeof SAMPLE_VIEWS)[number], { kind: Kind }> {
  const found = SAMPLE_VIEWS.find((view) => view.kind === kind);
  if (found === undefined) throw new Error(`no sample of ${kind}`);
  return found as Extract<(typeof SAMPLE_VIEWS)[number], { kind: Kind }>;
}

describe('apply', () => {
  it('ends with what was run, the gate, the tree, the checkpoint and what to look at', () => {
    expect(renderMission(sampleMission, plainScreen, options)).toBe(
      `Parcel Tracking: mission failed in 4.25s
  mission     0199a3c2-7d10-7aaa-8bbb-0123456789ab
  tasks       4: 1 run, 1 cached, 1 failed and 1 skipped
  gate        fail
              1 task failed
  tree        sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
  checkpoint  12 entries, root 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=
  base        c0ffee00c0ff, 12 files
  result      c0ffee01c0ff on branch agentnexus/parcels
              refs/agentnexus/0199a3c2-7d10-7aaa-8bbb-0123456789ab

Failed:
  component:parcel-desk
    QA_TEST_FAILED
    expected 1, got 2

Next:
  spec-kit logs 0199a3c2-7d10-7aaa-8bbb-0123456789ab component:parcel-desk
  spec-kit explain 0199a3c2-7d10-7aaa-8bbb-0123456789ab component:parcel-desk
  spec-kit retry 0199a3c2-7d10-7aaa-8bbb-0123456789ab
`,
    );
  });

  it('names the product and the next commands, with the workspace that was named', () => {
    const output = '/tmp/parcels/.agentnexus/build/parcel-tracking';
    const view: MissionView = { ...sampleMission, state: 'succeeded', failures: [], output };
    const text = renderMission(view, plainScreen, { ...options, workspace: '../ws' });
    expect(text).toContain('  product     .agentnexus/build/parcel-tracking\n');
    expect(text).toMatch(
      /Next:\n {2}spec-kit verify --workspace \.\.\/ws\n {2}spec-kit evidence export --out evidence --workspace \.\.\/ws\n$/,
    );
    expect(renderMission(view, plainScreen, { ...options, remote: 'lab' })).toContain('spec-kit verify --remote lab\n');
  });

  it('says plainly that there was nothing to do', () => {
    const view: MissionView = { ...sampleMission, state: 'succeeded', failures: [], unchanged: true };
    expect(renderMission(view, plainScreen, options)).toMatch(/^Nothing to do: Parcel Tracking is up to date\.\n/);
  });

  it('says which boxes were closed, and once for each reason which were not', () => {
    const box = (line: number) => ({ task: `work:t${line}`, title: `T${line}`, file: 'tasks.md', line, column: 4 });
    const left = [4, 5, 6, 7, 8, 9].map((line) => ({ ...box(line), reason: 'It failed.' }));
    const ticks = { ticked: [1, 2, 3, 12].map(box), notTicked: [...left, { ...box(10), reason: 'It is read-only.' }] };
    expect(renderMission({ ...sampleMission, ...ticks }, plainScreen, options)).toContain(`
Ticked 4 boxes, on these lines:
  tasks.md: 1-3, 12
Left as they are:
  It failed.
    tasks.md:4 T4
    tasks.md:5 T5
    tasks.md:6 T6
    tasks.md:7 T7
    tasks.md:8 T8
    and 1 more
  It is read-only.
    tasks.md:10 T10
`);
  });
});

describe('plan', () => {
  it('is a tree that says of each task what it needs and why', () => {
    expect(renderPlanTree(samplePlan, plainScreen)).toBe(`Parcel Tracking (native)

Contracts
└─ cached contract:parcel  Component Parcel Desk
          reason: cached

Components
└─ run    component:parcel-desk  Component Parcel Desk
          needs contract:parcel: produces Parcel
          agent: compiler
          reason: the specification changed

starts from 12 files of commit c0ffee00c0ff
  not seen by agents: latest is a symbolic link
2 tasks: 1 to run and 1 cached; 1 warning
agents: compiler 1
1 of 2 requirements covered by tasks
  without a task: requirement:fr-002
  1 task without a requirement: component:parcel-desk
2 checkboxes = 2 tasks
`);
  });

  it('leaves out needs beyond the first, and counts them', () => {
    const needs = Array.from({ length: 40 }, (_, index) => ({
      task: `task:${index}`,
      kind: 'structural' as const,
      because: 'all',
    }));
    const text = renderPlanTree({ ...samplePlan, tasks: [{ ...sampleTask, needs }] }, plainScreen);
    expect(text).toContain('needs task:4: all\n');
    expect(text).toContain('needs 35 more tasks\n');
    expect(text).not.toContain('needs task:5:');
  });

  it('is a graph in Mermaid and DOT, whatever characters it holds', () => {
    const tasks = [{ ...sampleTask, id: 'a"b', needs: [{ task: 'a"b', kind: 'inferred' as const, because: 'x | "y" \\ #' }] }];
    const plan = { ...samplePlan, tasks };
    expect(renderMermaid(plan)).toContain('  t0["a#34;b"]\n  t0 -.->|"x #124; #34;y#34; \\ #35;"| t0\n');
    expect(renderDot(plan)).toContain('  "a\\"b" -> "a\\"b" [label="x | \\"y\\" \\\\ #", style=dashed];\n');
  });
});

describe('validate --format github', () => {
  it('escapes what has a meaning in workflow commands', () => {
    const [diagnostic] = samplePlan.diagnostics;
    if (diagnostic === undefined) throw new Error('no sample');
    const text = githubAnnotations([{ ...diagnostic, message: '100%\nsure', hint: '' }], { locate: () => 'a,b:c.md' });
    expect(text).toBe('::warning file=a%2Cb%3Ac.md,line=25,col=16,title=SPEC_PARTY_UNKNOWN::100%25%0Asure\n');
  });
});

describe('on a narrow terminal', () => {
  const narrow: Screen = { paint: plainPaint, width: 60, live: false };

  it.each([
    ['missions', () => renderMissions(sample('MissionList'), narrow)],
    ['evidence list', () => renderEvidenceList(sample('EvidenceList'), narrow)],
  ])('the table of %s fits', (_name, render) => {
    const [heading = '', ...rows] = render().split('\n');
    expect(displayWidth(heading)).toBeLessThanOrEqual(60);
    expect(rows.some((row) => row.includes('…'))).toBe(true);
    for (const row of rows.slice(0, 1)) expect(displayWidth(row)).toBeLessThanOrEqual(60);
  });
});

describe('other results', () => {
  it('of status show tasks and failures', () => {
    const text = renderStatus(sample('Status'), plainScreen, options);
    expect(text).toContain('STATE      TASK             TIME   TITLE\nsucceeded  contract:parcel  4.25s  Contract Parcel\n');
    expect(text).toContain('\nFailed:\n');
  });

  it('of logs are one line for each entry', () => {
    expect(renderLogs(sample('Logs'), plainScreen)).toBe(
      '     3  2026-05-01 10:00:00Z  task.failed         contract:parcel  reason=no  attempt=1\n',
    );
  });

  it('of explain name what changed', () => {
    const text = renderExplanation(sample('Explanation'), plainScreen);
    expect(text).toContain('It ran because fragment changed.');
    expect(text).toMatch(
      /Changed \(against mission [-0-9a-f]+\):\n {2}fragment {2}sha256:e3b0[0-9a-f]+\n {12}→ sha256:[0-9a-f]+\n {2}agent {5}new: compiler 1\n/,
    );
  });

  it('of logs are sentences where members alone would say little', () => {
    const line = (entry: string, data: Record<string, unknown>): string => {
      const item = { seq: 3, at: '2026-05-01T10:00:00.000Z', entry, mission: null, task: null, data };
      return renderLogs({ kind: 'Logs', items: [item] }, { ...plainScreen, width: 200 })
        .slice(50)
        .trimEnd();
    };
    expect(line('word.prioritise', { by: 'ann', note: 'now', priority: 'P0' })).toBe('by ann, to P0: now');
    expect(line('word.pause', { by: 'ann', note: '' })).toBe('by ann');
    expect(line('approval.asked', { expires: '2026-05-02T10:00:00Z' })).toBe(
      'a person must approve it until 2026-05-02T10:00:00Z',
    );
    expect(line('approval.asked', {})).toBe('a person must approve it');
    expect(line('task.reopened', { because: 'verify:work', feedback: 'no' })).toBe('verify:work found it at fault');
    expect(line('task.escalated', { attempts: 1 })).toBe('1 failed attempt, and left to a person');
    expect(line('task.cancelled', { title: 'One' })).toBe('it is no longer wanted');
    expect(line('request.refused', { request: 'r1', code: 'MISSION_STATE', message: 'It is over.' })).toBe(
      'request r1: MISSION_STATE, It is over.',
    );
    expect(line('source.ticking', { file: 'tasks.md', boxes: [1, 2] })).toBe('2 boxes of tasks.md to be closed');
    expect(line('source.ticked', { file: 'tasks.md', line: 5 })).toBe('tasks.md:5 closed');
    expect(line('mission.created', { prompt: 'gone', tasks: 2 })).toBe('2 tasks');
    expect(line('word.cancel', {})).toBe('by ?');
  });

  it('of missions and tasks say what they wait for, where any does', () => {
    const list = sample('MissionList');
    expect(renderMissions(list, plainScreen)).not.toContain('WAITS');
    const waiting = list.items.map((item) => ({ ...item, state: 'waiting' as const, reason: 'It was paused by ann.' }));
    expect(renderMissions({ ...list, items: waiting }, plainScreen)).toMatch(/WAITS\n.*It was paused by ann\.\n$/);
    const status = sample('Status');
    expect(renderStatus(status, plainScreen, options)).not.toContain('WAITS');
    const items = status.items.map((item) => ({ ...item, state: 'waiting' as const, reason: 'a person must approve it' }));
    expect(renderStatus({ ...status, items }, plainScreen, options)).toContain('a person must approve it\n');
  });

  it('of cache prune tell what went, what stayed, and how much is too much', () => {
    const view = sample('Prune');
    expect(renderPrune(view, plainScreen)).toBe(`Would remove 15 files (30 kB) of 120 files (1.2 MB).
  kept       100 files (1.2 MB) that the log refers to
  payloads   3 files (900 B) of 1 old mission, to be removed too
  left       5 files (4.6 kB) that nothing refers to
  uploads    4 files (9.0 kB) of specifications that no mission needs, to be removed too
  temporary  2 files (12 B), to be removed too
The store is 200 kB over 1.0 MB: evidence refers to the rest, or it is too young.
`);
    const nothing = { files: 0, bytes: 0 };
    expect(
      renderPrune(
        {
          ...view,
          dryRun: false,
          payloads: { ...nothing, missions: 0 },
          left: nothing,
          uploads: nothing,
          temporary: nothing,
          limit: null,
          over: 0,
        },
        plainScreen,
      ),
    ).toBe('Removed 15 files (30 kB) of 120 files (1.2 MB).\n  kept  100 files (1.2 MB) that the log refers to\n');
    expect([0, 999, 1000, 999_499, 999_500, 12e9, 5e15].map(size)).toEqual([
      '0 B',
      '999 B',
      '1.0 kB',
      '999 kB',
      '1.0 MB',
      '12 GB',
      '5000 TB',
    ]);
  });

  it('of an explanation show what was found', () => {
    expect(renderExplanation(sample('Explanation'), plainScreen)).toContain(
      '\nFeedback:\n  - QA_TEST_FAILED parcel.ts: expected 1, got 2\n',
    );
  });

  it('of evidence show claims and reports', () => {
    const text = renderEvidence(sample('Evidence'), plainScreen);
    expect(text).toContain('coverage  88% by the tests of its own check');
    expect(text).toContain('entry 4, https://slsa.dev/provenance/v1');
    expect(text).toContain('1 validation report');
  });

  it('of verify name the culprit, and warn of keys that came with what they vouch for', () => {
    const view = sample('Verification');
    expect(renderVerification(view, plainScreen)).toContain(
      '4 failures:\n  artifacts/0  STORE_CORRUPT\n    It does not match its digest.\n  and 3 more\n',
    );
    const verified: VerificationView = { ...view, result: 'verified', failures: [], omitted: 0 };
    expect(renderVerification(verified, plainScreen)).toContain('hint: compare the fingerprints');
    const known = { ...verified, trust: verified.trust.map((key) => ({ ...key, from: 'user' as const })) };
    expect(renderVerification(known, plainScreen)).toContain('hint: say whom you expect');
    const trusted = { ...known, identities: known.identities.map((each) => ({ ...each, from: 'user' as const })) };
    expect(renderVerification(trusted, plainScreen)).not.toContain('hint:');
  });

  it('of fsck and doctor say what is wrong', () => {
    expect(renderFsck(sample('Fsck'), plainScreen)).toContain(
      'ledger: damaged, 12 entries, 1 tile and 4 checkpoints read\n' +
        '  the last 2 entries not signed yet: by the writer at work, or else by the next one\n  entry 3  LOG_CORRUPT\n',
    );
    expect(renderDoctor(sample('Doctor'), plainScreen)).toContain('warning  git  not found\n              hint: Install git.\n');
  });
});

describe('duration', () => {
  it.each([
    [120, '0.12s'],
    [48_149, '48.1s'],
    [125_000, '2m05s'],
    [3_725_000, '1h02m'],
    [-5, '0.00s'],
  ])('of %i ms is %s', (milliseconds, text) => expect(duration(milliseconds)).toBe(text));
});
