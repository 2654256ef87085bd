import type { Desk, Draft } from '../../dialect.ts';
import { readFrontFields } from '../../documents/front-fields.ts';
import { readDocument } from '../../documents/read-document.ts';
import { isMarkdown, type LineAccount } from '../../line-account.ts';
import { lineText } from '../../source-text.ts';
import { passOver, passOverByContent } from '../../work/pass-over.ts';
import { settleRest } from '../../work/settle-rest.ts';
import type { EdgeDraft, RequirementDraft, WorkDraft } from '../../work/work-draft.ts';
import { criterionOf, statusBoxOf } from './boxes.ts';
import { lanesOfLog, lanesOfStatus } from './lanes.ts';
import { isPrompt, type Mission } from './missions.ts';
import { openLines } from './open-lines.ts';
import { PackageDrafts } from './package-drafts.ts';
import { readManifest } from './read-manifest.ts';
import { readPrompt } from './read-prompt.ts';
import { RequirementReader } from './read-requirements.ts';
import { type PlacedBox, TaskListReader } from './read-task-list.ts';

/** What a mission's folder came to. */
export interface MissionReading {
  title: string | undefined;
  drafts: Draft[];
  tasks: WorkDraft[];
  requirements: RequirementDraft[];
  edges: EdgeDraft[];
}

/** Names that mean the same in capitals. */
const FIXED = /^(?:(?:spec|plan|tasks)\.md|wps\.yaml|status\.(?:events\.jsonl|json)|checklists\/)/i;
/** Files about the work that define none: the tool's own books, notes, and what reviewers wrote. */
const CONTRACT = /(?:^|\/)contracts\/|\.schema\.(?:json|ya?ml)$|(?:^|\/)(?:open|async)api\.(?:json|ya?ml)$/i;

export function readMission(mission: Mission, scope: string, desk: Desk): MissionReading {
  const reading: MissionReading = { title: undefined, drafts: [], tasks: [], requirements: [], edges: [] };
  const packages = new PackageDrafts(scope, desk);
  const prompts: LineAccount[] = [];
  for (const account of mission.accounts) {
    const name = account.source.path.slice(mission.folder.length).replace(FIXED, (each) => each.toLowerCase());
    if (name === 'wps.yaml') packages.manifest = readManifest(account, desk);
    else if (name === 'tasks.md') readTasks(account, packages, desk);
    else if (name === 'status.events.jsonl') packages.log = readLog(account, desk);
    else if (name === 'status.json') packages.lanes = readLanes(account);
    else if (isMarkdown(name) && isPrompt(name) && isPlaced(name)) prompts.push(account);
    else if (isMarkdown(name)) readText(account, { name, scope, reading, desk });
    else if (CONTRACT.test(name)) reading.drafts.push(...readDocument(account, desk));
    else account.mark({ line: 1, endLine: account.source.lineCount }, 'document');
  }
  for (const account of prompts) readPackage(account, packages, desk);
  const { tasks, requirements, edges } = packages.drafts();
  for (const account of mission.accounts)
    if (isMarkdown(account.source.path)) settleRest(account, desk, 'in a code fence or a quote, where it is no task');
  reading.requirements.push(...requirements);
  return { ...reading, tasks, edges };
}

/** Beside others of its kind, and not in the folder of notes on one. */
function isPlaced(name: string): boolean {
  return /^(?:tasks\/(?:(?:planned|doing|for_review|done)\/)?)?[^/]+$/.test(name);
}

function readTasks(account: LineAccount, packages: PackageDrafts, desk: Desk): void {
  const list = new TaskListReader(account, desk);
  list.read(skipFront(account, desk));
  packages.list = list;
}

function skipFront(account: LineAccount, desk: Desk): number {
  const { lineCount } = readFrontFields(account.source, desk.diagnostics);
  account.mark({ line: 1, endLine: lineCount }, 'document');
  return lineCount;
}

function readLog(account: LineAccount, desk: Desk): Map<string, string> {
  account.mark({ line: 1, endLine: account.source.lineCount }, 'document');
  return lanesOfLog(account, desk);
}

function readLanes(account: LineAccount): Map<string, string> {
  account.mark({ line: 1, endLine: account.source.lineCount }, 'document');
  return lanesOfStatus(account);
}

function readPackage(account: LineAccount, packages: PackageDrafts, desk: Desk): void {
  const prompt = readPrompt(account, desk);
  if (prompt === undefined) return passOverByContent(account, 'names no work package');
  const boxes: PlacedBox[] = [];
  let section = '';
  for (const line of openLines(account, prompt.skipLines, desk.diagnostics)) {
    if (line.heading !== undefined) section = line.heading.title;
    const box = statusBoxOf(account, line, desk);
    if (box !== undefined) boxes.push({ box, section, within: prompt.facts.id });
  }
  packages.prompts.push({ ...prompt, boxes });
}

interface TextPlace {
  name: string;
  scope: string;
  reading: MissionReading;
  desk: Desk;
}

function readText(account: LineAccount, { name, scope, reading, desk }: TextPlace): void {
  if (name === 'spec.md') {
    const requirements = new RequirementReader(account, scope, desk);
    requirements.read(skipFront(account, desk));
    reading.requirements.push(...requirements.drafts);
    reading.title = titleOf(account) ?? reading.title;
  } else if (name === 'plan.md' || name.startsWith('checklists/')) {
    const own = `${scope}${scope === '' ? '' : '/'}${name.replace(/\.md$/, '')}`;
    reading.requirements.push(...readChecks(account, own, desk));
  } else passOver(account, 'is context for whoever does the work');
}

/** A checklist, or a plan with some checks: they ask whether the specification is good. */
function readChecks(account: LineAccount, scope: string, desk: Desk): RequirementDraft[] {
  const drafts: RequirementDraft[] = [];
  let section = '';
  for (const line of openLines(account, skipFront(account, desk), desk.diagnostics)) {
    if (line.heading !== undefined) section = line.heading.title;
    const box = statusBoxOf(account, line, desk);
    if (box !== undefined) drafts.push(criterionOf(box, { scope, section, parent: undefined }));
  }
  return drafts;
}

function titleOf({ source }: LineAccount): string | undefined {
  for (let line = 1; line <= source.lineCount; line++) {
    const title = /^#\s+(.*)$/.exec(lineText(source, line))?.[1];
    if (title !== undefined) return title.replace(/^(?:Feature|Mission)? ?Specification\s*[:：–—-]\s*/i, '').trim();
  }
  return undefined;
}
