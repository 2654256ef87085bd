import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

import { atOnce } from '../../src/runtime/app/host/at-once.ts';
import { hasProgram, missing, npmPeer } from './peer-folder.ts';
import { turn } from './turn.ts';

/** Chains of commands that do nothing: `chains` of them beside each other, each `length` long. */
export interface Shape {
  chains: number;
  length: number;
}

/** How many commands each of them runs at a time: as many as `apply` takes by itself. `JOBS` says another number. */
export const AT_ONCE = process.env['JOBS'] ?? String(atOnce().jobs);

/** A program that runs a graph of commands, `AT_ONCE`. */
export interface Runner {
  /** Runs all of them, whatever it remembers; milliseconds of the whole process. */
  cold(): number;
  /** Runs it again when nothing has changed, for those that remember. */
  again?: () => number;
  close(): void;
}

/** Milliseconds that a process takes; throws unless it ends with 0. */
export function timed(command: readonly [string, ...string[]], cwd: string, env: NodeJS.ProcessEnv = process.env): number {
  const [program, ...args] = command;
  const start = performance.now();
  const { status, stderr, stdout } = spawnSync(program, args, { cwd, env, encoding: 'utf8', maxBuffer: 1 << 28 });
  const time = performance.now() - start;
  if (status !== 0) throw new Error(`${command.join(' ')} ended with ${status}: ${stderr}${stdout.slice(-2000)}`);
  return time;
}

/** Milliseconds of each run, `rounds` times in turn, so that a busy moment falls on all of them. */
export function inTurn(rounds: number, runs: readonly (() => number)[]): number[][] {
  const times = runs.map((): number[] => []);
  for (let round = 0; round < rounds; round++) for (const [index, run] of turn([...runs.entries()])) times[index]?.push(run());
  return times;
}

export function startNinja(shape: Shape): Runner | undefined {
  if (!hasProgram('ninja', 'ninja-build')) return undefined;
  const folder = scratch('ninja');
  const edges = tasksOf(shape).map(({ name, need }) => `build ${name}: nothing ${need ?? ''}\n`);
  writeFileSync(join(folder, 'build.ninja'), `rule nothing\n  command = true\n${edges.join('')}`);
  // No output ever appears, so that each run is a cold one.
  return { cold: () => timed(['ninja', '-j', AT_ONCE, '--quiet'], folder), close: () => remove(folder) };
}

export function startMake(shape: Shape): Runner | undefined {
  if (!hasProgram('make', 'make')) return undefined;
  const folder = scratch('make');
  const tasks = tasksOf(shape);
  const names = tasks.map(({ name }) => name).join(' ');
  const rules = tasks.map(({ name, need }) => `${name}: ${need ?? ''}\n\t@true\n`);
  writeFileSync(join(folder, 'Makefile'), `.PHONY: all ${names}\nall: ${names}\n${rules.join('')}`);
  return { cold: () => timed(['make', '-j', AT_ONCE], folder), close: () => remove(folder) };
}

/** Turborepo with Bun to start the scripts: npm alone takes 150 ms for each. */
export function startTurbo(shape: Shape): Runner | undefined {
  const installed = npmPeer('turbo', { turbo: '2', bun: '1' });
  const [bun] = installed === undefined ? [] : globSync(join(installed, 'node_modules/@oven/bun-*/bin/bun'));
  const [turbo] = installed === undefined ? [] : globSync(join(installed, 'node_modules/@turbo/*/bin/turbo'));
  if (bun === undefined || turbo === undefined) {
    missing('turbo', 'it or bun has no build for this platform');
    return undefined;
  }
  const folder = scratch('turbo');
  const manifest = { name: 'peer', private: true, packageManager: 'bun@1.4.0', workspaces: ['packages/*'] };
  const tasks = tasksOf(shape);
  for (const { name, need } of tasks) {
    const dependencies = need === undefined ? {} : { [need]: 'workspace:*' };
    writeJson(join(folder, 'packages', name, 'package.json'), {
      name,
      version: '1.0.0',
      scripts: { build: 'true' },
      dependencies,
    });
  }
  writeJson(join(folder, 'package.json'), manifest);
  writeJson(join(folder, 'turbo.json'), { tasks: { build: { dependsOn: ['^build'] } } });
  const env = { ...process.env, PATH: `${dirname(bun)}${delimiter}${process.env['PATH']}`, TURBO_TELEMETRY_DISABLED: '1' };
  timed([bun, 'install', '--lockfile-only'], folder, env);
  commitAll(folder);
  const run = (...more: string[]): number =>
    timed([turbo, 'run', 'build', `--concurrency=${AT_ONCE}`, '--no-daemon', '--output-logs=none', ...more], folder, env);
  return { cold: () => run('--force'), again: () => run(), close: () => remove(folder) };
}

export function startNx(shape: Shape): Runner | undefined {
  const installed = npmPeer('nx', { nx: '24' });
  if (installed === undefined) return undefined;
  const folder = scratch('nx');
  writeJson(join(folder, 'package.json'), { name: 'peer', private: true });
  writeJson(join(folder, 'nx.json'), { targetDefaults: { build: { dependsOn: ['^build'], cache: true } }, analytics: false });
  for (const { name, need } of tasksOf(shape)) {
    const implicitDependencies = need === undefined ? [] : [need];
    writeJson(join(folder, 'packages', name, 'project.json'), {
      name,
      implicitDependencies,
      targets: { build: { command: 'true' } },
    });
  }
  symlinkSync(join(installed, 'node_modules'), join(folder, 'node_modules'));
  commitAll(folder);
  const env = { ...process.env, NX_DAEMON: 'false', NX_NO_CLOUD: 'true', NX_TUI: 'false', CI: 'true' };
  const nx = join(installed, 'node_modules', 'nx', 'dist', 'bin', 'nx.js');
  const run = (...more: string[]): number =>
    timed(
      [process.execPath, nx, 'run-many', '-t', 'build', `--parallel=${AT_ONCE}`, '--outputStyle=static', ...more],
      folder,
      env,
    );
  return { cold: () => run('--skip-nx-cache'), again: () => run(), close: () => remove(folder) };
}

interface ChainedTask {
  name: string;
  need: string | undefined;
}

export function tasksOf({ chains, length }: Shape): ChainedTask[] {
  return Array.from({ length: chains * length }, (_, index) => {
    const [chain, link] = [Math.floor(index / length), index % length];
    return { name: `t${chain}-${link}`, need: link === 0 ? undefined : `t${chain}-${link - 1}` };
  });
}

/** Both hash by help of git, and are slow where nothing is committed. */
function commitAll(folder: string): void {
  writeFileSync(join(folder, '.gitignore'), '.turbo\n.nx\nnode_modules\n');
  const identity = ['-c', 'user.name=bench', '-c', 'user.email=bench@example.org'];
  for (const args of [
    ['init', '-q'],
    ['add', '-A'],
    [...identity, 'commit', '-q', '-m', 'bench'],
  ])
    timed(['git', ...args], folder);
}

function scratch(name: string): string {
  return mkdtempSync(join(tmpdir(), `bench-${name}-`));
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

function writeJson(path: string, value: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(value));
}
