import type { Desk, Reading } from '../../dialect.ts';
import { readDocument } from '../../documents/read-document.ts';
import { Archive } from '../../work/archived.ts';
import { passOver } from '../../work/pass-over.ts';
import type { WorkReading } from '../../work/work-draft.ts';
import { readDesign } from './read-design.ts';
import { readRequirements } from './read-requirements.ts';
import { readTasks } from './read-tasks.ts';
import { layoutOf, scopesOf, type SpecFolder } from './spec-folder.ts';
import { type FolderContext, SpecNames } from './spec-names.ts';

/** Reads each folder of specifications. */
export function read(desk: Desk): Reading {
  const { folders, context, notes, documents } = layoutOf(desk);
  const scopes = scopesOf(folders);
  const archive = new Archive();
  const parts = folders.map((folder, index) => readFolder(folder, desk, { scope: scopes[index] ?? '', archive }));
  archive.report(desk.diagnostics);
  for (const account of context) passOver(account, 'is context for agents');
  for (const account of notes) account.mark({ line: 1, endLine: account.source.lineCount }, 'document');
  const [only] = parts;
  const file = folders[0] === undefined ? desk.accounts[0] : firstFile(folders[0]);
  const title = parts.length === 1 ? only?.title : undefined;
  return {
    ...(title === undefined ? { folderName: desk.bundle.name } : { title }),
    source: { file: file?.source.path ?? '', line: 1, column: 1, endLine: 1 },
    outsideParties: [],
    drafts: documents.flatMap((account) => readDocument(account, desk)),
    work: {
      tasks: parts.flatMap(({ tasks }) => tasks),
      requirements: parts.flatMap(({ requirements }) => requirements),
      edges: parts.flatMap(({ edges }) => edges),
    },
    namesRepeat: true,
  };
}

function firstFile({ requirements, tasks, designs }: SpecFolder): SpecFolder['tasks'][number] | undefined {
  return tasks[0] ?? requirements[0] ?? designs[0];
}

/** Requirements and properties first: tasks name them. */
function readFolder(
  folder: SpecFolder,
  desk: Desk,
  { scope, archive }: Pick<FolderContext, 'scope' | 'archive'>,
): WorkReading & { title?: string } {
  const required = folder.requirements.map((account) => readRequirements(account, desk, scope));
  const designed = folder.designs.map((account) => readDesign(account, desk, scope));
  const requirements = [...required.flatMap((each) => each.requirements), ...designed.flatMap(({ properties }) => properties)];
  const names = new SpecNames(requirements, new Map(designed.flatMap(({ validated }) => [...validated])));
  const planned = folder.tasks.map((account) => readTasks(account, { desk, scope, names, archive }));
  const title = planned.find((each) => each.title !== undefined)?.title;
  const reading = {
    tasks: planned.flatMap(({ tasks }) => tasks),
    requirements: [...requirements, ...planned.flatMap((each) => each.requirements)],
    edges: planned.flatMap(({ edges }) => edges),
  };
  return title === undefined ? reading : { ...reading, title };
}
