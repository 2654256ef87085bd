import { digestOf, uuidOf } from '../../../src/base/digest.ts';
import { milestonesOf } from '../../../src/runtime/mission/milestones.ts';
import type { Report, ReportTask } from '../../../src/runtime/report/model/report.ts';

const at = '2026-05-01T10:00:00.000Z';
const digest = digestOf('x');
const STATES = ['succeeded', 'cached', 'failed', 'skipped', 'running', 'waiting'] as const;

/** A made-up report of any size, with every state there is. `text` is wherever somebody else's words may be. */
export function largeReport({
  tasks: count,
  milestones = 12,
  text = '',
}: {
  tasks: number;
  milestones?: number;
  text?: string;
}): Report {
  const tasks = Array.from({ length: count }, (_, index) => taskAt(index, { milestones, text, count }));
  const states = new Map(tasks.map(({ id, state }) => [id, state]));
  const entry = { seq: 1, at, kind: `task.started${text}`, task: `t${text}`, data: `{}${text}` };
  return {
    mission: {
      id: '0199a3c2-7d10-7aaa-8bbb-0123456789ab',
      objective: `Build${text}`,
      priority: 'P1',
      state: 'running',
      reason: `because${text}`,
      specification: { id: `demo${text}`, title: `Demo${text}`, dialect: 'native', digest },
      originatingSpec: `file:///demo${text}`,
      graph: digest,
      startedAt: at,
      finishedAt: null,
      head: digest,
      base: { commit: 'c0ffee', uri: `git+file:///demo@c0ffee${text}` },
      result: { commit: 'c0ffee', ref: 'refs/agentnexus/x', branch: null, reason: `moved${text}` },
    },
    gate: { result: 'fail', reasons: [`no${text}`, `nor${text}`], entry: 7, time: 90_000 },
    asOf: { entry: 9, at, entries: 10, time: 100_000 },
    counts: { total: count, succeeded: 0, cached: 0, failed: 0, running: 0, waiting: 0, skipped: 0, cancelled: 0 },
    milestones: milestonesOf(tasks, (id) => states.get(id) ?? 'waiting').map((each) => ({
      ...each,
      states: { succeeded: each.settled },
      start: 0,
      end: 50_000,
    })),
    tasks,
    runs: [
      { start: 0, end: 40_000, ended: 'lost' },
      { start: 50_000, end: 100_000, ended: 'running' },
    ],
    cost: {
      elapsed: 100_000,
      active: 90_000,
      work: 123_456,
      critical: { elapsed: 5000, tasks: tasks.map(({ id }) => id) },
      cache: { hits: 2, saved: 1000, unknown: 1 },
      usage: { tokens: 1000, money: 0.5, energy: 2 },
    },
    suites: [{ suite: `jest${text}`, passed: 3, failed: 1, coverage: { mean: 0.5, lowest: 0.25 } }],
    checks: tasks.map(({ id, state, reason }) => ({
      task: id,
      state,
      suite: `jest${text}`,
      result: 'fail',
      passed: 3,
      failed: 30,
      failedTests: [`a test${text}`],
      statement: 4,
      reason,
    })),
    judgements: [
      {
        task: `verify:work${text}`,
        entry: 4,
        attempt: 2,
        verdict: 'repair',
        tests: { total: 4, passed: 3, failed: 1, skipped: 0 },
        coverage: 0.5,
        suites: [
          { name: `tests${text}`, passed: 3, failed: 1, errors: 1, notes: 0 },
          { name: 'mutation', passed: 0, failed: 0, errors: 0, notes: 1 },
        ],
        flaky: [`a test${text}`],
        findings: [
          { code: `QA_TEST_FAILED${text}`, level: 'error', path: `src/a${text}.ts`, line: 4, message: `no${text}` },
          { code: 'QA_FLAKY', level: 'note', path: null, line: null, message: text },
        ],
        found: 70,
        mutants: { made: 12, run: 10, noticed: 9 },
        rejections: [{ schema: `order${text}.json`, share: 0.25 }],
        tools: { node: '24.0.0' },
      },
    ],
    artifacts: tasks.map(({ id }, index) => ({
      artifactId: uuidOf(digest),
      path: `src/${index}${text}.ts`,
      type: 'code',
      checksum: digest,
      uri: 'ni:///',
      reviewer: 'qa',
      task: id,
      validation: 'pass',
      coverage: 1,
      size: 100,
      entries: { artifact: index, statements: [index], validations: [] },
    })),
    statements: tasks.map(({ id }, index) => ({
      entry: index,
      task: id,
      name: `${id}.tests`,
      predicateType: `https://in-toto.io${text}`,
      bundle: digest,
      subjects: 1,
    })),
    proof: {
      checkpoint: { origin: 'log', size: 10, rootHash: 'abc', note: `log\n10\nabc\n\n— log ${text}\n` },
      keys: { log: `log+1234+${text}`, signing: [digest] },
      seal: { count: 3, digest },
      entries: [{ entry: 0, kind: 'mission.created', leaf: `{"a":"${text}"}`, proof: `c2sp.org/tlog-proof@v1${text}` }],
    },
    log: { first: [entry], omitted: 5, last: [entry] },
  };
}

function taskAt(index: number, { milestones, text, count }: { milestones: number; text: string; count: number }): ReportTask {
  const state = STATES[index % STATES.length] ?? 'waiting';
  const needs = [1, 2, 30].flatMap((back) => (index < back ? [] : [index - back]));
  const start = Math.floor((index / count) * 80_000);
  const attempt = {
    number: 1,
    start,
    end: state === 'running' ? null : start + 500,
    startedAt: at,
    endedAt: at,
    reason: `no${text}`,
    lane: (index % 8) + 1,
    shared: 2,
    entries: { start: index, end: index },
    usage: null,
  };
  const outcome = state === 'succeeded' || state === 'failed' || state === 'running' ? state : null;
  return {
    id: `task:${index}${text}`,
    title: `Task ${index}${text}`,
    kind: 'work',
    milestone: `Phase ${Math.floor((index * milestones) / count)}${text}`,
    priority: 'P1',
    optional: true,
    state,
    reason: `failed${text}`,
    needs: needs.map((need) => ({ task: `task:${need}${text}`, kind: 'explicit', because: `so it says${text}` })),
    requirements: [`requirement:${index}${text}`],
    source: { file: `spec${text}.md`, line: 1, column: 1, endLine: 1 },
    attempts: outcome === null ? [] : [{ ...attempt, outcome }],
    settled: state === 'running' || state === 'waiting' ? null : start + 500,
    elapsed: outcome === null ? 0 : 500,
    cached: state === 'cached' ? { origin: `mission${text}`, saved: 100 } : null,
    usage: { tokens: 10, money: null, energy: 0.001 },
  };
}
