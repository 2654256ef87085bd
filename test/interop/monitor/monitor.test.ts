import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { SIMPLE_SCRIPT, tasksFile } from '../../runtime/app/app-bench.ts';
import { folderWith } from '../../cli/spec-kit-process.ts';
import { hasTmux, openTmux, type Tmux } from './tmux.ts';

const BIN = join(import.meta.dirname, '../../../bin/spec-kit.js');
const LARGE = join(import.meta.dirname, 'children', 'large-mission.ts');
const NODE = `${process.execPath} --disable-warning=ExperimentalWarning`;

/** Long enough for a busy machine. */
const SOON = { timeout: 20_000 };

const FILES = { 'spec/tasks.md': tasksFile(['One', 'Two', 'Three']), 'script.yaml': SIMPLE_SCRIPT };
const APPLY = `${NODE} ${BIN} apply spec --agent script:script.yaml --workspace ws --ui tui`;

async function at(
  files: Record<string, string>,
  options: { env?: Record<string, string>; size?: [number, number] } = {},
): Promise<Tmux> {
  return openTmux({ cwd: folderWith(files), ...options });
}

/** The normal screen is back, with a shell that hears and echoes. */
async function checkRestored(terminal: Tmux): Promise<void> {
  await expect.poll(terminal.isAlternate, SOON).toBe(false);
  await terminal.shows(/\$ *\n*$/);
  await terminal.type('echo he""re', 'Enter');
  await terminal.shows(/^(\$ )?here$/m);
}

describe.skipIf(!hasTmux())('the monitor in tmux', () => {
  it('draws 10,000 tasks at 80×24 and 200×60, resized while they change, and leaves the screen as it was', async () => {
    const terminal = await at({});
    await terminal.type(`clear; ${NODE} ${LARGE} 10000`, 'Enter');
    await terminal.shows('Large  running');
    expect(await terminal.isAlternate()).toBe(true);
    const rows = await terminal.rows();
    expect(rows.slice(0, 24)).toHaveLength(24);
    expect(rows[2]).toMatch(/^─ tree 10,000 tasks, following ─+$/);
    expect(rows[23]).toContain('? help');
    await terminal.resize(200, 60);
    await terminal.shows(/│ ─ work:t\d+ {2}\[log\] evidence facts ─/);
    await expect.poll(async () => (await terminal.rows())[59], SOON).toContain('? help');
    expect((await terminal.rows()).filter((row) => row.includes('Large  running'))).toHaveLength(1);
    await terminal.resize(80, 24);
    await expect.poll(async () => (await terminal.rows())[23], SOON).toContain('? help');
    await expect
      .poll(async () => (await terminal.rows()).slice(0, 2).join('\n'), SOON)
      .toMatch(/^ Large {2}running .*\n ✓ \d+ ok/);
    await terminal.resize(60, 40);
    await expect.poll(async () => (await terminal.rows())[39], SOON).toContain('? help');
    await expect
      .poll(async () => (await terminal.rows()).slice(0, 2).join('\n'), SOON)
      .toMatch(/^ Large {2}running .*\n ✓ \d+ ok/);
    await terminal.type('End');
    await terminal.shows(/› {3}· work:t09999/);
    await terminal.type('q');
    await terminal.shows(/left/);
    await checkRestored(terminal);
  });

  it.each(['TERM', 'HUP', 'INT'])('gives the screen back when it is ended by SIG%s', async (signal) => {
    const terminal = await at({});
    await terminal.type(`clear; ${NODE} ${LARGE} 50`, 'Enter');
    await terminal.shows('Large  running');
    for (const pid of await terminal.children()) process.kill(pid, `SIG${signal}`);
    await checkRestored(terminal);
  });

  it('gives the screen back before it tells of a defect', async () => {
    const terminal = await at({});
    await terminal.type(`clear; ${NODE} ${LARGE} 50 crash`, 'Enter');
    await terminal.shows('Large  running');
    await terminal.shows('a defect');
    await checkRestored(terminal);
  });

  it('goes to the shell with Ctrl-Z, and comes back', async () => {
    const terminal = await at({});
    await terminal.type(`clear; set -m; ${NODE} ${LARGE} 50`, 'Enter');
    await terminal.shows('Large  running');
    await terminal.type('C-z');
    await checkRestored(terminal);
    await terminal.type('fg', 'Enter');
    await terminal.shows('Large  running');
    await terminal.type('q');
    await checkRestored(terminal);
  });

  it('runs a mission, has approvals decided in place, and leaves the result in the terminal', async () => {
    const terminal = await at(FILES);
    await terminal.type(`clear; ${APPLY} --require-approval T002; echo "exit $?"`, 'Enter');
    await terminal.shows('work:t002 must be approved by a person');
    await terminal.type('a');
    await terminal.shows(/Approve work:t002\?/);
    await terminal.type('y');
    await terminal.shows(/Notes: mission succeeded[^]*exit 0/);
    await checkRestored(terminal);
  });

  it('finishes what runs at Ctrl-C, as `apply` does, and says how to go on', async () => {
    const script = `version: 1\ntasks:\n  T001: { run: [sleep, "6"], writes: { one.md: "1" } }\n  T002: { writes: { two.md: "2" } }\n  T003: { writes: { x.md: "1" } }\n`;
    const terminal = await at({ ...FILES, 'script.yaml': script });
    await terminal.type(`clear; ${APPLY} --unsafe-no-sandbox; echo "exit $?"`, 'Enter');
    await terminal.shows('▶ work:t001');
    await terminal.type('C-c');
    await terminal.shows('finishing running tasks, press again to stop');
    expect(await terminal.isAlternate()).toBe(true);
    await terminal.shows(/was\s+stopped[^]*exit 130/);
    await checkRestored(terminal);
  });

  it('leaves what failed in the terminal, and shows a mission that is over', async () => {
    const script = `version: 1\ntasks:\n  T001: { writes: { one.md: "1" } }\n  T002: { fails: "It cannot be done." }\n  T003: { writes: { x.md: "1" } }\n`;
    const terminal = await at({ ...FILES, 'script.yaml': script }, { size: [120, 50] });
    await terminal.type(`clear; ${APPLY}; echo "exit $?"`, 'Enter');
    await terminal.shows(/work:t002 did last:[^]*It cannot be done\.[^]*exit 1/);
    await terminal.type(`clear; NO_COLOR=1 ${NODE} ${BIN} monitor --workspace ws; echo "exit $?"`, 'Enter');
    await terminal.shows('Notes  failed');
    await terminal.type('!', '3');
    await terminal.shows(/reason +It cannot be done\./);
    await terminal.type('C-c');
    await terminal.shows(/Notes: mission failed[^]*exit 0/);
    await checkRestored(terminal);
  });

  it('reads as sentences with --screen-reader, on the normal screen', async () => {
    const terminal = await at(FILES);
    await terminal.type(
      `clear; ${APPLY.replace('--ui tui', '--ui silent')} && ${NODE} ${BIN} monitor --workspace ws --screen-reader`,
      'Enter',
    );
    await terminal.shows(/Notes: mission succeeded, \d tasks: \d succeeded\./);
    expect(await terminal.isAlternate()).toBe(false);
    await terminal.type('q');
    await checkRestored(terminal);
  });

  it('prints lines where the terminal can do no more', async () => {
    const terminal = await at(FILES, { env: { TERM: 'dumb' }, size: [120, 50] });
    await terminal.type(`${APPLY}; echo "exit $?"`, 'Enter');
    await terminal.shows(/no terminal to draw on[^]*task {4}ok[^]*exit 0/);
    expect(await terminal.isAlternate()).toBe(false);
  });
});
