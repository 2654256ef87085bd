import type { Desk, Reading } from '../../dialect.ts';
import { readDocuments } from '../../documents/read-documents.ts';
import { isMarkdown, type LineAccount } from '../../line-account.ts';
import type { Bundle } from '../../read-bundle.ts';
import { placeAt } from '../../source-text.ts';
import { passOver } from '../../work/pass-over.ts';
import { OWN_FOLDER, TASK_FILE } from './claims.ts';
import { type LocatedJson, readLocatedJson } from './located-json.ts';
import { looksLikeTasks, projectNameOf, type TaskList, taskListsOf } from './task-lists.ts';
import { TaskListReader } from './task-list-reader.ts';

/** Its settings, its place in the list, and what it has found out about tasks. */
const OWN_FILE = /(?:^|\/)\.taskmaster\/|(?:^|\/)(?:\.?taskmasterconfig|state|config|task-complexity-report[^/]*)\.json$/;

interface TaskFile {
  account: LineAccount;
  json: LocatedJson;
  lists: TaskList[];
}

/** Reads the tasks of each file and tag. */
export async function read(desk: Desk): Promise<Reading> {
  const reading: Reading = { source: sourceOf(desk.accounts[0]), outsideParties: [], drafts: [], namesRepeat: true };
  const files: TaskFile[] = [];
  const documents: LineAccount[] = [];
  for (const account of desk.accounts) {
    const { path } = account.source;
    if (isMarkdown(path)) passOver(account, 'tells of what the tasks are made from');
    else if (isTaskFile(account, desk)) files.push(...openTasks(account, desk));
    else if (OWN_FILE.test(path)) readOwn(account, reading);
    else documents.push(account);
  }
  reading.drafts = await readDocuments(documents, desk);
  const title = files.map(({ json }) => projectNameOf(json.value)).find((name) => name !== undefined) ?? reading.title;
  const source = sourceOf(files[0]?.account ?? desk.accounts[0]);
  const called = title === undefined ? { folderName: projectOf(desk.bundle) } : { title };
  return { ...reading, ...called, source, work: readLists(files, desk) };
}

/** The name of the bundle, or of the folder around it where it is named like the tool. */
function projectOf({ name, root }: Bundle): string {
  const isTools = (folder: string): boolean => folder === 'tasks' || folder === '.taskmaster';
  return isTools(name) ? (root.split(/[/\\]/).findLast((folder) => folder !== '' && !isTools(folder)) ?? name) : name;
}

function sourceOf(account: LineAccount | undefined): Reading['source'] {
  return { file: account?.source.path ?? '', line: 1, column: 1, endLine: 1 };
}

function isTaskFile({ source }: LineAccount, { bundle }: Desk): boolean {
  return /\.json$/i.test(source.path) && (TASK_FILE.test(source.path) || bundle.files.length === 1);
}

/** The file with its lists, its lines marked as one document; none if it cannot be read, or has been moved. */
function openTasks(account: LineAccount, desk: Desk): TaskFile[] {
  const { source } = account;
  account.mark({ line: 1, endLine: source.lineCount }, 'document');
  if (source.lineCount === 0 || isLeftBehind(source.path, desk)) return [];
  const json = readLocatedJson(source.text);
  if ('fault' in json) {
    const message = `${source.path}: ${json.fault}`;
    const hint = 'Correct it: no task of a file that is not JSON can be read.';
    desk.diagnostics.report('SPEC_DOCUMENT_INVALID', placeAt(source, json.offset), { message, hint });
    return [];
  }
  return [{ account, json, lists: taskListsOf(json.value) ?? [] }];
}

/** `tasks/tasks.json` beside `.taskmaster/tasks/tasks.json` is what the tool moved there; other files in that folder are copies and lists that it does not read. */
function isLeftBehind(path: string, { bundle, diagnostics }: Desk): boolean {
  const moved = OWN_FOLDER.test(path)
    ? path.replace(/[^/]*$/, 'tasks.json')
    : path.replace(/(^|\/)tasks\/tasks\.json$/, '$1.taskmaster/tasks/tasks.json');
  if (moved === path || !bundle.files.some((file) => file.path === moved && looksLikeTasks(file))) return false;
  const message = `${path} is passed over: the tasks are in ${moved}.`;
  diagnostics.report(
    'SPEC_DOCUMENT_IGNORED',
    { file: path, line: 1, column: 1 },
    { message, hint: 'Name the file itself if it holds the tasks you mean.' },
  );
  return true;
}

/** The tool's other files: only the name of the project matters. */
function readOwn(account: LineAccount, reading: Reading): void {
  account.mark({ line: 1, endLine: account.source.lineCount }, 'document');
  const isConfig = /config(?:\.json)?$/.test(account.source.path);
  const json = isConfig ? readLocatedJson(account.source.text) : undefined;
  const name = json === undefined || 'fault' in json ? undefined : projectNameOf(json.value);
  if (name !== undefined) reading.title ??= name;
}

function readLists(files: readonly TaskFile[], { diagnostics }: Desk): NonNullable<Reading['work']> {
  const isSeveral = files.flatMap(({ lists }) => lists.filter(({ tasks }) => tasks.length > 0)).length > 1;
  const readers = files.flatMap(({ account, json, lists }) =>
    lists.map((list) => {
      const folder =
        files.length === 1
          ? ''
          : `${account.source.path.replace(/\/?[^/]*$/, '').replace(/(?:^|\/)(?:\.taskmaster\/)?tasks$/, '')}/`;
      const place = {
        account,
        json,
        scope: isSeveral ? `${folder}${list.tag}` : '',
        milestone: isSeveral ? list.tag : undefined,
      };
      const reader = new TaskListReader(place, diagnostics);
      reader.read(list);
      return reader;
    }),
  );
  return {
    tasks: readers.flatMap(({ tasks }) => tasks),
    requirements: [],
    edges: readers.flatMap(({ edges }) => edges),
  };
}
