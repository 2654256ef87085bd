import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort } from '../../support/free-port.ts';
import { isOnPath } from '../requirements.ts';
import { runTool } from '../run-tool.ts';
import { ACCESS, answers, SECRET, type S3Server } from './s3-server.ts';

const TOOLS = ['ceph-mon', 'ceph-osd', 'radosgw', 'radosgw-admin', 'ceph', 'ceph-authtool', 'monmaptool'];
/** Milliseconds that each step of setting up may take; together they take some 13 s. */
const LIMIT = 60_000;

/** Ceph's gateway on loopback: one monitor and one store, which is in memory; no keys are asked for inside. */
export async function startRadosgw(): Promise<S3Server> {
  const lacking = TOOLS.find((name) => !isOnPath(name));
  if (lacking !== undefined) return { missing: `${lacking} is not on PATH: apt-get install radosgw ceph-mon ceph-osd` };
  const cluster = new Cluster({ monitor: await freePort(), gateway: await freePort() });
  try {
    await cluster.start();
    return { endpoint: cluster.endpoint, stop: () => cluster.stop() };
  } catch (error) {
    cluster.stop();
    return { missing: `a cluster for radosgw does not start: ${String(error).split('\n').slice(0, 3).join(' ')}` };
  }
}

class Cluster {
  readonly endpoint: string;
  readonly #dir = mkdtempSync(join(tmpdir(), 'ceph-'));
  readonly #config = join(this.#dir, 'ceph.conf');
  readonly #id = randomUUID();
  readonly #monitor: string;
  readonly #daemons: ChildProcess[] = [];

  constructor({ monitor, gateway }: { monitor: number; gateway: number }) {
    this.endpoint = `http://127.0.0.1:${gateway}`;
    this.#monitor = `v1:127.0.0.1:${monitor}/0`;
    for (const name of ['mon', 'osd', 'rgw']) mkdirSync(join(this.#dir, name));
    writeFileSync(this.#config, this.#settings(gateway));
  }

  async start(): Promise<void> {
    const keys = join(this.#dir, 'keyring');
    await runTool('ceph-authtool', ['--create-keyring', keys, '--gen-key', '-n', 'mon.', '--cap', 'mon', 'allow *']);
    const map = join(this.#dir, 'monmap');
    await runTool('monmaptool', ['--create', '--addv', 'a', `[${this.#monitor}]`, '--fsid', this.#id, map]);
    await this.#run('ceph-mon', '--mkfs', '-i', 'a', '--monmap', map, '--keyring', keys);
    this.#serve('ceph-mon', '-i', 'a');
    const store = randomUUID();
    await this.#run('ceph', 'osd', 'new', store);
    await this.#run('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', store);
    // What it would say of itself, it says before it knows its cluster, and is now and then refused.
    await this.#run('ceph', 'osd', 'crush', 'add', 'osd.0', '1', 'root=default', 'host=a');
    this.#serve('ceph-osd', '-i', '0');
    const user = ['--uid=interop', '--display-name=interop', `--access-key=${ACCESS}`, `--secret=${SECRET}`];
    await this.#run('radosgw-admin', '-n', 'client.rgw', 'user', 'create', ...user);
    this.#serve('radosgw', '-n', 'client.rgw');
    if (!(await answers(this.endpoint, LIMIT))) throw new Error('radosgw does not answer');
  }

  stop(): void {
    for (const daemon of this.#daemons) daemon.kill('SIGKILL');
    rmSync(this.#dir, { recursive: true, force: true, maxRetries: 3 });
  }

  #run(program: string, ...args: string[]): Promise<unknown> {
    return runTool(program, ['-c', this.#config, ...args], { timeout: LIMIT });
  }

  /** In the foreground, so that it ends with us. */
  #serve(program: string, ...args: string[]): void {
    this.#daemons.push(spawn(program, ['-f', '-c', this.#config, ...args], { stdio: 'ignore' }));
  }

  #settings(gateway: number): string {
    return `[global]
fsid = ${this.#id}
mon host = ${this.#monitor}
public addr = 127.0.0.1
ms bind msgr2 = false
auth cluster required = none
auth service required = none
auth client required = none
run dir = ${this.#dir}
keyring = ${this.#dir}/keyring
log file =
pid file =
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd pool default pgp num = 8
osd crush chooseleaf type = 0
mon allow pool size one = true
[mon]
mon data = ${this.#dir}/mon
[osd]
osd data = ${this.#dir}/osd
osd objectstore = memstore
osd class update on start = false
osd crush update on start = false
[client.rgw]
rgw data = ${this.#dir}/rgw
rgw frontends = beast endpoint=127.0.0.1:${gateway}
`;
  }
}
