import { spawnSync, type SpawnSyncOptions } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';

import { freePort } from './free-port.ts';
import { missing } from './peer-folder.ts';

export interface Postgres {
  url: string;
  stop(): void;
}

/** A PostgreSQL of its own in a scratch folder, with the defaults of its distribution, listening at the loopback address only. */
export async function startPostgres(): Promise<Postgres | undefined> {
  const initdb = globSync('/usr/lib/postgresql/*/bin/initdb').toSorted().at(-1);
  if (initdb === undefined) {
    missing('postgresql', 'apt-get install postgresql');
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), 'bench-postgres-'));
  const run = runner(folder);
  const [data, password, port] = [join(folder, 'data'), randomBytes(16).toString('hex'), await freePort()];
  const pgCtl = (...args: string[]): void => run(join(dirname(initdb), 'pg_ctl'), ['-D', data, '-w', '-t', '60', ...args]);
  const stop = (): void => {
    pgCtl('stop', '-m', 'immediate');
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    writeFileSync(join(folder, 'password'), password, { mode: 0o644 });
    run(initdb, ['-D', data, '-U', 'bench', '-A', 'scram-sha-256', `--pwfile=${join(folder, 'password')}`]);
    const options = `-c listen_addresses=127.0.0.1 -c unix_socket_directories='' -p ${port}`;
    pgCtl('-l', join(folder, 'log'), '-o', options, 'start');
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  return { url: `postgresql://bench:${password}@127.0.0.1:${port}/bench`, stop };
}

/** PostgreSQL refuses to run as root; root lends the folder to `nobody`. */
function runner(folder: string): (program: string, args: string[]) => void {
  const options: SpawnSyncOptions = { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] };
  if (userInfo().uid === 0) {
    const [uid = 0, gid = 0] = ['-u', '-g'].map((flag) => Number(spawnSync('id', [flag, 'nobody'], { encoding: 'utf8' }).stdout));
    chownSync(folder, uid, gid);
    Object.assign(options, { uid, gid });
  }
  return (program, args) => {
    const { status, stderr } = spawnSync(program, args, options);
    if (status !== 0) throw new Error(`${program} ended with ${status}: ${String(stderr)}`);
  };
}
