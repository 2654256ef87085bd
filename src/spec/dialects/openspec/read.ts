import { dirname } from 'node:path';

import type { Desk, Reading } from '../../dialect.ts';
import { readDocument } from '../../documents/read-document.ts';
import { isMarkdown, type LineAccount } from '../../line-account.ts';
import type { Bundle } from '../../read-bundle.ts';
import { passOver } from '../../work/pass-over.ts';
import { settleRest } from '../../work/settle-rest.ts';
import type { WorkReading } from '../../work/work-draft.ts';
import { ChangeReader } from './change-reader.ts';
import { layoutOf, type Role } from './layout.ts';
import { reportSpecFaults } from './report-faults.ts';
import { specChecklist } from './read-context.ts';
import { readSpec } from './read-spec.ts';
import { specOutline } from './spec-outline.ts';

/** Reads living specs and changes. */
export function read(desk: Desk): Reading {
  const layout = layoutOf(desk.bundle) ?? { roleOf: (path: string): Role => roleOfForced(path) };
  const roles = desk.accounts.map((account) => ({ account, role: layout.roleOf(account.source.path) }));
  const first = desk.accounts.find((account) => account.source.lineCount > 0)?.source.path ?? '';
  const work: WorkReading = { tasks: [], requirements: [], edges: [] };
  const reading: Reading = {
    source: { file: first, line: 1, column: 1, endLine: 1 },
    outsideParties: [],
    drafts: [],
    work,
    namesRepeat: true,
  };
  const changes = new ChangeReader(desk, work);
  for (const { account, role } of roles) {
    if ('change' in role) changes.take(account, role);
    else if (role.type === 'spec')
      changes.addLiving(role.capability, readLiving(account, { capability: role.capability, desk, work }));
    else readOther(account, { role, desk, reading });
  }
  changes.read();
  return { ...reading, ...titleOf(desk.bundle, changes) };
}

/** A folder that is read so because somebody says so: the names of its files tell what they are. */
function roleOfForced(path: string): Role {
  const change = { folder: '', id: '', archived: false };
  if (/(?:^|\/)tasks\.md$/i.test(path)) return { type: 'tasks', change };
  if (/(?:^|\/)spec\.md$/i.test(path)) return { type: 'spec', capability: dirname(path) === '.' ? 'spec' : dirname(path) };
  return { type: 'other' };
}

function readLiving(
  account: LineAccount,
  { capability, desk, work }: { capability: string; desk: Desk; work: WorkReading },
): string {
  const outline = specOutline(account.source.text);
  for (const draft of readSpec({ account, scope: `specs/${capability}`, outline })) work.requirements.push(draft);
  work.requirements.push(...specChecklist(account, `specs/${capability}`));
  reportSpecFaults(account, outline, desk.diagnostics);
  settleRest(account, desk, 'in a living spec, where it is no task');
  return account.source.text;
}

function readOther(account: LineAccount, { role, desk, reading }: { role: Role; desk: Desk; reading: Reading }): void {
  const { path, lineCount } = account.source;
  if (isMarkdown(path)) return passOver(account, role.type === 'project' ? 'tells agents of the project' : undefined);
  if (role.type === 'config') account.mark({ line: 1, endLine: lineCount }, 'document');
  else for (const draft of readDocument(account, desk)) reading.drafts.push(draft);
}

/** A change is called as its proposal is; a repository, as its folder. */
function titleOf({ root, name, files }: Bundle, changes: ChangeReader): Pick<Reading, 'title' | 'folderName'> {
  if (changes.onlyTitle !== undefined) return { title: changes.onlyTitle };
  if (files.length === 1) return {};
  const folders = root.split(/[/\\]/).filter((folder) => folder !== '' && !/^(?:openspec|changes|archive|specs)$/i.test(folder));
  return { folderName: /^(?:openspec|changes|archive|specs)$/i.test(name) ? (folders.at(-1) ?? name) : name };
}
