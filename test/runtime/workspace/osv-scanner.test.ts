import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { digestOf, sha256 } from '../../../src/base/digest.ts';
import type { ScanReport } from '../../../src/runtime/vault/vulnerability-scan.ts';
import { findOsvDatabase, runOsvScanner, type ScanMode } from '../../../src/runtime/workspace/osv-scanner.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'osv-'));
  for (const name of ['bin', 'home', 'product']) mkdirSync(join(dir, name));
});
afterEach(() => rmSync(dir, { recursive: true }));

/** What stands for osv-scanner writes down how it was called, and then does this. */
function scanner(does: string): void {
  const path = join(dir, 'bin', 'osv-scanner');
  const said = `#!/bin/sh\nPATH=/usr/bin:/bin\n[ "$1" = --version ] && { echo 'osv-scanner version: 2.5.1'; exit; }\nprintf '%s\\n' "$@" "db=$OSV_SCANNER_LOCAL_DB_CACHE_DIRECTORY" > ${dir}/called\n`;
  writeFileSync(path, said + does);
  chmodSync(path, 0o755);
}

const called = (): string[] => readFileSync(join(dir, 'called'), 'utf8').trim().split('\n');

function database(name: string, ...ecosystems: string[]): void {
  for (const ecosystem of ecosystems) {
    const file = join(dir, 'cache', name, ecosystem, 'all.zip');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `all of ${ecosystem}`);
    utimesSync(file, 1_700_000_000, ecosystem === 'npm' ? 1_700_000_000 : 1_600_000_000);
  }
}

const found = () => findOsvDatabase({ environment: { OSV_SCANNER_LOCAL_DB_CACHE_DIRECTORY: join(dir, 'cache') }, home: dir });

function scan(mode: ScanMode = 'offline'): Promise<ScanReport | string> {
  const place = { program: join(dir, 'bin', 'osv-scanner'), home: join(dir, 'home'), clock: { now: () => 0 } };
  return runOsvScanner(join(dir, 'product'), { ...place, mode, database: mode === 'offline' ? found() : undefined });
}

const report = (packages: object[]) =>
  JSON.stringify({ results: [{ source: { path: `${dir}/product/package-lock.json` }, packages }] });

const of = (name: string, more: object = {}) => ({ package: { name, version: '1.0.0', ecosystem: 'npm' }, ...more });
const rated = (id: string, max: string, word?: string) =>
  of(id.toLowerCase(), {
    groups: [{ ids: [id], aliases: [id, 'CVE-1'], max_severity: max }],
    vulnerabilities: [{ id, ...(word !== undefined && { database_specific: { severity: word } }) }],
  });

/** Says this, and ends so. */
const says = (text: string, code: number): string => {
  writeFileSync(join(dir, 'said'), text);
  return `cat ${dir}/said\nexit ${code}\n`;
};

describe('a scan', () => {
  it('offline asks nobody, and names the database by its content and age', async () => {
    database('osv-scalibr', 'npm', 'Go');
    scanner(says(report([of('a'), of('b')]), 0));
    expect(await scan()).toEqual({
      scanner: { uri: 'https://github.com/google/osv-scanner', version: '2.5.1' },
      database: {
        uri: 'https://osv-vulnerabilities.storage.googleapis.com',
        version: digestOf({ npm: sha256('all of npm') }),
        lastUpdate: '2023-11-14T22:13:20.000Z',
      },
      packages: 2,
      findings: [],
      startedOn: '1970-01-01T00:00:00.000Z',
      finishedOn: '1970-01-01T00:00:00.000Z',
    });
    expect(called()).toEqual(expect.arrayContaining(['--offline', '--no-ignore', `db=${join(dir, 'cache')}`]));
    expect(called()[called().indexOf('--config') + 1]).toBe(join(dir, 'home', 'osv-scanner.toml'));
  });

  it('online says whom it has asked, and when', async () => {
    scanner(says(report([]), 0));
    expect(await scan('online')).toMatchObject({
      database: { uri: 'https://api.osv.dev', lastUpdate: '1970-01-01T00:00:00.000Z' },
    });
    expect(called()).not.toContain('--offline');
  });

  it('rates by score, else by word; what is malicious is critical, and what nobody rates is unknown', async () => {
    database('osv-scanner', 'npm');
    const all = [
      rated('G-9', '9.0'),
      rated('G-7', '8.9'),
      rated('G-4', '4.0'),
      rated('G-1', '0.1'),
      rated('G-W', '', 'MODERATE'),
      rated('MAL-1', ''),
      rated('G-0', ''),
    ];
    scanner(says(report(all), 1));
    const { findings } = (await scan()) as ScanReport;
    expect(findings.map(({ id, level }) => `${id} ${level}`)).toEqual([
      'G-9 critical',
      'G-7 high',
      'G-4 medium',
      'G-1 low',
      'G-W medium',
      'MAL-1 critical',
      'G-0 unknown',
    ]);
    expect(findings[0]).toEqual({
      id: 'G-9',
      level: 'critical',
      score: '9.0',
      package: 'npm/g-9@1.0.0',
      file: 'package-lock.json',
      aliases: ['CVE-1'],
    });
  });

  it.for([
    ['that ends badly', `echo 'could not load db' >&2\nexit 127\n`, 'could not load db'],
    ['that says nothing', 'exit 0\n', 'it wrote no report'],
    ['that is killed', 'kill -9 $$\n', 'signalled'],
    ['that says too much', 'yes | head -c 70000000\n', 'it said too much'],
  ])('%s is none', async ([, does = '', why]) => {
    scanner(does);
    expect(await scan('online')).toContain(why);
  });
});

it('a database is where osv-scanner keeps it, and none where there is nothing in it', () => {
  const home = join(dir, 'home');
  expect(findOsvDatabase({ environment: {}, home })).toBeUndefined();
  expect(found()).toBeUndefined();
  mkdirSync(join(dir, 'cache', 'osv-scalibr', 'npm'), { recursive: true });
  expect(found()).toBeUndefined();
  database('osv-scanner', 'npm');
  expect(found()).toEqual({ base: join(dir, 'cache'), folders: [join(dir, 'cache', 'osv-scanner')] });
});
