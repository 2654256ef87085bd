import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { openHistory } from '../../../../src/runtime/app/host/open-history.ts';
import { openWorkspace } from '../../../../src/runtime/app/workspace.ts';
import { openWriterLog } from '../../../../src/runtime/app/host/writer-log.ts';
import { type AppBench, appBench, SIMPLE_SCRIPT, tasksFile } from '../app-bench.ts';

let bench: AppBench;

beforeEach(async () => {
  bench = appBench();
  bench.write('spec/tasks.md', tasksFile(['One']));
  bench.write('script.yaml', SIMPLE_SCRIPT);
  await bench.apply({ only: ['work:t001'] });
});

afterEach(() => bench.remove());

/** As if an earlier version had folded them: other tables, and its word for which. */
function foldOtherwise(workspace: string): void {
  const db = new Sqlite(join(workspace, 'log.db'));
  db.exec("DROP TABLE task; UPDATE projection SET version = '1 of another time'");
  db.close();
}

it('folds the tables of another version anew, before they are looked at', async () => {
  const before = await bench.call('status', { mission: 'latest' });
  foldOtherwise(bench.workspace);
  expect(await bench.call('status', { mission: 'latest' })).toEqual(before);
});

it('folds them in memory where the log is not ours to write', async () => {
  const before = await bench.call('status', { mission: 'latest' });
  foldOtherwise(bench.workspace);
  rmSync(join(bench.dir, 'keys'), { recursive: true });
  const copy = join(bench.dir, 'elsewhere');
  cpSync(bench.workspace, copy, { recursive: true });
  rmSync(join(copy, 'keys'), { recursive: true, force: true });
  expect(await bench.call('status', { mission: 'latest' }, { workspace: copy })).toEqual({ ...before, workspace: copy });
});

it('says so while a process of another version writes', async () => {
  const workspace = openWorkspace({ cwd: bench.dir, workspace: bench.workspace }, 'spec');
  const writer = openWriterLog(workspace);
  foldOtherwise(bench.workspace);
  await expect(openHistory(workspace)).rejects.toMatchObject({
    code: 'WORKSPACE_LOCKED',
    message: expect.stringContaining('another version'),
  });
  writer.close();
});
