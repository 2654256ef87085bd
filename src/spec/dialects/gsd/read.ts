import type { Desk, Reading } from '../../dialect.ts';
import { readDocument } from '../../documents/read-document.ts';
import { isMarkdown, type LineAccount } from '../../line-account.ts';
import { plainText } from '../../markdown/passage.ts';
import { passOver, passOverByContent } from '../../work/pass-over.ts';
import { settleRest } from '../../work/settle-rest.ts';
import { roleOf, type Role, rootOf } from './layout.ts';
import { PlanBook } from './plan-book.ts';
import { readRequirements } from './read-requirements.ts';
import { readRoadmap } from './read-roadmap.ts';

const REASONS: Partial<Record<Role, string>> = {
  outside: 'lies outside of `.planning`',
  summary: 'tells what a finished plan has done',
  context: 'is written for those who plan',
};
const PLAN_WITHOUT_TASKS = 'is called a plan, but has neither front matter nor tasks';

/** Reads roadmaps, plans and requirements. */
export function read(desk: Desk): Reading {
  const roots = new Set(desk.accounts.map(({ source }) => rootOf(source.path)).filter((root) => root !== ''));
  const byRole = Map.groupBy(desk.accounts, ({ source }) => roleOf(source.path, roots.size > 0));
  const manyRoots = roots.size > 1;
  const book = new PlanBook({ desk, manyRoots, summaries: (byRole.get('summary') ?? []).map(({ source }) => source.path) });
  for (const account of byRole.get('roadmap') ?? []) book.addRoadmap(readRoadmap(account, desk), account.source.path);
  for (const account of byRole.get('plan') ?? []) if (!book.addPlan(account)) passOverByContent(account, PLAN_WITHOUT_TASKS);
  const work = book.reading();
  for (const [role, accounts] of byRole) {
    for (const account of accounts) work.requirements.push(...readOther(role, account, desk));
  }
  return { ...titleOf(byRole, desk), outsideParties: [], drafts: documentsOf(desk, roots.size > 0), work, namesRepeat: true };
}

/** Files that hold no tasks. */
function readOther(role: Role, account: LineAccount, desk: Desk): ReturnType<typeof readRequirements> {
  const { path } = account.source;
  if (!isMarkdown(path) || role === 'plan') return [];
  if (role === 'requirements' || role === 'project' || role === 'checklist') {
    const scope = path === baseRequirements(path) ? '' : path;
    const found = readRequirements(account, desk, { scope, checklist: role === 'checklist' });
    settleRest(account, desk);
    return found;
  }
  if (role === 'roadmap') settleRest(account, desk);
  else passOver(account, REASONS[role]);
  return [];
}

/** The requirements that plans mean by their ids are those of the root; others are looked up by their own place. */
function baseRequirements(path: string): string {
  return /^(?:\.planning\/)?REQUIREMENTS\.md$/.test(path) ? path : '';
}

function documentsOf(desk: Desk, anyRoot: boolean): Reading['drafts'] {
  return desk.accounts.flatMap((account) => {
    const { path, lineCount } = account.source;
    if (isMarkdown(path)) return [];
    if (roleOf(path, anyRoot) !== 'config') return readDocument(account, desk);
    account.mark({ line: 1, endLine: lineCount }, 'document');
    return [];
  });
}

function titleOf(byRole: ReadonlyMap<Role, LineAccount[]>, desk: Desk): Pick<Reading, 'title' | 'source'> {
  for (const role of ['project', 'roadmap'] as const) {
    const { source } = byRole.get(role)?.[0] ?? {};
    const heading = source === undefined ? null : /^# (?:(?:Project )?Roadmap(?: Archive)?[:：]\s*)?(.*\S)/im.exec(source.text);
    if (source === undefined || heading?.[1] === undefined) continue;
    const line = source.text.slice(0, heading.index).split('\n').length;
    return { title: plainText(heading[1]), source: { file: source.path, line, column: 1, endLine: line } };
  }
  return { source: { file: desk.accounts[0]?.source.path ?? '', line: 1, column: 1, endLine: 1 } };
}
