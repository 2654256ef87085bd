import { execSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { formatVkey } from '../../../src/runtime/log/signed-note.ts';
import { exportMission } from '../../../src/runtime/vault/export-mission.ts';
import { READ_LIMITS } from '../../../src/runtime/vault/read-export.ts';
import { openSigningKey } from '../../../src/runtime/vault/signing-key.ts';
import { verifyExport } from '../../../src/runtime/vault/verify-export.ts';
import { ExportCopy, failure } from './export-copy.ts';
import { FILES, MISSION, openWorkspace, runMission, type Workspace } from './sample-mission.ts';

let workspace: Workspace;
let pristine: string;
let copy: ExportCopy;
beforeAll(async () => {
  workspace = await openWorkspace();
  const noise = (length: number) => workspace.log.append(Array.from({ length }, (_, i) => ({ kind: 'noise.made', data: { i } })));
  await noise(250);
  await runMission(workspace);
  await noise(10);
  pristine = join(workspace.dir, 'export');
  await exportMission(workspace, MISSION, pristine);
});
afterAll(() => workspace[Symbol.dispose]());
beforeEach(() => {
  copy = new ExportCopy(pristine);
});
afterEach(() => copy.delete());

describe('a whole export', () => {
  it('verifies elsewhere, by itself', async () => {
    expect(await verifyExport(copy.dir)).toMatchObject({
      result: 'verified',
      missions: [{ id: MISSION, state: 'succeeded', gate: { result: 'pass' } }],
      checked: { files: 23, artifacts: 3, statements: 3, signatures: 3, entries: 12, proofs: 3, tiles: 3, checkpoints: 1 },
      failures: [],
      omitted: 0,
    });
  });

  it('says which keys the answer rests on', async () => {
    const signing = { use: 'signing', fingerprint: workspace.signingKey.fingerprint };
    const from = async (...keys: string[]) => (await verifyExport(copy.dir, { keys })).trust.map((key) => key.from);
    expect((await verifyExport(copy.dir)).trust).toEqual([
      { ...signing, from: 'folder' },
      expect.objectContaining({ use: 'log', from: 'folder' }),
    ]);
    expect(await from(workspace.signingKey.publicKey)).toEqual(['user', 'vouched']);
    expect(await from(formatVkey(workspace.logKey))).toEqual(['vouched', 'user']);
    expect(await from(workspace.signingKey.publicKey, formatVkey(workspace.logKey))).toEqual(['user', 'user']);
    const pem = workspace.logKey.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    expect(await from(pem)).toEqual(['vouched', 'user']);
  });

  it('does not verify for a user who trusts another key', async () => {
    const other = openSigningKey(join(workspace.dir, 'keys', 'other.pem'));
    expect((await copy.failures({ keys: [other.publicKey] }))[0]).toEqual(failure('keys/signing.pub', 'VERIFY_KEY_UNTRUSTED'));
  });

  it('refuses as keys what is none, and a folder that is not there', async () => {
    await expect(verifyExport(copy.dir, { keys: ['nonsense'] })).rejects.toMatchObject({ code: 'KEY_UNUSABLE' });
    const secret = readFileSync(join(workspace.dir, 'keys', 'signing.pem'), 'utf8');
    await expect(verifyExport(copy.dir, { keys: [secret] })).rejects.toMatchObject({ code: 'KEY_UNUSABLE' });
    await expect(verifyExport(join(copy.dir, 'nowhere'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('damage', () => {
  it('of any one byte of any file is found, and that file named first', async () => {
    const paths = copy.paths();
    const anywhere = fc.record({ path: fc.constantFrom(...paths), at: fc.nat(), flip: fc.integer({ min: 1, max: 255 }) });
    await fc.assert(
      fc.asyncProperty(anywhere, async ({ path, at, flip }) => {
        const whole = copy.read(path);
        const damaged = Buffer.from(whole);
        const offset = at % whole.length;
        damaged[offset] = (damaged[offset] ?? 0) ^ flip;
        copy.write(path, damaged);
        const failures = await copy.failures();
        copy.write(path, whole);
        expect(failures[0]?.subject).toBe(path);
      }),
      { numRuns: 400 },
    );
  });

  it('is found in every file at its start, middle and end', async () => {
    for (const path of copy.paths()) {
      const whole = copy.read(path);
      for (const at of new Set([0, whole.length >> 1, whole.length - 1])) {
        const damaged = Buffer.from(whole);
        damaged[at] = (damaged[at] ?? 0) ^ 1;
        copy.write(path, damaged);
        expect((await copy.failures())[0]?.subject).toBe(path);
      }
      copy.write(path, whole);
    }
  });

  it.each(['cut short', 'emptied', 'lengthened', 'missing', 'renamed'])(
    'of a file %s is found, whichever it is',
    async (damage) => {
      for (const path of copy.paths()) {
        const whole = copy.read(path);
        if (damage === 'cut short') copy.write(path, whole.subarray(0, -1));
        if (damage === 'emptied') copy.write(path, '');
        if (damage === 'lengthened') copy.write(path, Buffer.concat([whole, Buffer.from('\n')]));
        if (damage === 'missing') copy.remove(path);
        if (damage === 'renamed') copy.rename(path, `${path}.old`);
        const failures = await copy.failures();
        expect(failures[0]?.subject).toBe(path);
        if (damage === 'renamed') expect(failures).toContainEqual(failure(`${path}.old`, 'VERIFY_FILE_EXTRA'));
        if (damage === 'renamed') copy.remove(`${path}.old`);
        copy.write(path, whole);
      }
      expect(await copy.failures()).toEqual([]);
    },
  );

  it('of the signing key is not blamed on what it had signed', async () => {
    copy.write('keys/signing.pub', 'damaged');
    expect(new Set((await copy.failures()).map(({ subject }) => subject))).toEqual(new Set(['keys/signing.pub']));
  });

  it('of two files is reported for both', async () => {
    copy.write('artifacts/src/add.ts', 'other');
    copy.write('log/checkpoint', 'other');
    const subjects = (await copy.failures()).map(({ subject }) => subject);
    expect(subjects).toEqual(expect.arrayContaining(['artifacts/src/add.ts', 'log/checkpoint']));
  });

  it('by an exchange of two files is reported for both', async () => {
    const [a, b] = [copy.read('artifacts/src/add.ts'), copy.read('artifacts/README.md')];
    copy.write('artifacts/src/add.ts', b);
    copy.write('artifacts/README.md', a);
    const subjects = (await copy.failures()).map(({ subject }) => subject);
    expect(new Set(subjects)).toEqual(new Set(['artifacts/src/add.ts', 'artifacts/README.md']));
  });
});

describe('hostile folders', () => {
  it('do not lead the verifier out by symbolic links', async () => {
    copy.remove('artifacts/src/add.ts');
    symlinkSync(join(pristine, 'artifacts/src/add.ts'), join(copy.dir, 'artifacts/src/add.ts'));
    symlinkSync(pristine, join(copy.dir, 'loop'));
    const failures = await copy.failures();
    expect(failures).toContainEqual(failure('artifacts/src/add.ts', 'VERIFY_FILE_KIND'));
    expect(failures).toContainEqual(failure('loop', 'VERIFY_FILE_KIND'));
  });

  it.skipIf(process.platform === 'win32')('do not make it wait at a pipe', async () => {
    copy.remove('log/checkpoint');
    execSync('mkfifo log/checkpoint', { cwd: copy.dir });
    expect(await copy.failures()).toContainEqual(failure('log/checkpoint', 'VERIFY_FILE_KIND'));
  });

  it('do not make it read without end', async () => {
    const limits = { ...READ_LIMITS, files: 10, artifactBytes: 20, fileBytes: 1500 };
    const failures = await copy.failures({ limits: { ...limits, files: 1000 } });
    expect(failures).toContainEqual(failure('log/entries.jsonl', 'VERIFY_LIMIT'));
    expect(failures).toContainEqual(failure('artifacts/src/add.ts', 'VERIFY_LIMIT'));
    expect(await copy.failures({ limits })).toContainEqual(expect.objectContaining({ code: 'VERIFY_LIMIT' }));
    mkdirSync(join(copy.dir, ...Array<string>(60).fill('d')), { recursive: true });
    expect(await copy.failures()).toContainEqual(expect.objectContaining({ code: 'VERIFY_LIMIT' }));
  });

  it.skipIf(process.platform === 'win32')('do not steer a terminal with their names', async () => {
    copy.write('evil\u001b[2Jname\n', 'x');
    expect(await copy.failures()).toContainEqual(failure(String.raw`evil\u001b[2Jname\u000a`, 'VERIFY_PATH'));
  });

  it('do not drown the report', async () => {
    for (let i = 0; i < 300; i++) copy.write(`extra/${i}`, 'x');
    const { failures, omitted } = await verifyExport(copy.dir);
    expect(failures).toHaveLength(200);
    expect(omitted).toBe(100);
  });

  it('are answered, whatever is in their files', async () => {
    const nasty = [
      '',
      'null',
      '[]',
      '{"a":'.repeat(500),
      '\u0000'.repeat(100),
      '{"seq":-1,"leaf":""}\n',
      `${'x'.repeat(65)}  ../../etc/passwd\n`,
      'c2sp.org/tlog-proof@v1\nindex 99999999999999999999\n\n',
    ];
    const paths = copy.paths().filter((path) => !path.startsWith('artifacts/'));
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.constantFrom(...paths), { minLength: 1, maxLength: 4 }),
        fc.constantFrom(...nasty),
        async (changed, content) => {
          const before = changed.map((path) => copy.read(path));
          for (const path of changed) copy.write(path, content);
          const { result } = await verifyExport(copy.dir);
          for (const [i, path] of changed.entries()) copy.write(path, before[i] ?? '');
          expect(result).toBe('failed');
        },
      ),
      { numRuns: 60 },
    );
  });

  it('are empty folders, or hold something else', async () => {
    rmSync(copy.dir, { recursive: true });
    mkdirSync(copy.dir);
    expect(await copy.failures()).toContainEqual(failure('export.sigstore.json', 'VERIFY_FILE_MISSING'));
    copy.write('photo.jpg', 'x');
    expect((await verifyExport(copy.dir)).result).toBe('failed');
  });
});

describe('names of many kinds', () => {
  it('survive', async () => {
    using other = await openWorkspace();
    const files = Object.fromEntries(
      ['-rf', 'a b/c d.ts', '状态.ts', 'émoji 🎈.ts', "it's.ts", 'src/$HOME.ts', '__proto__', 'constructor'].map((path) => [
        path,
        { content: path, type: 'code' as const },
      ]),
    );
    await runMission(other, { files: { ...FILES, ...files } });
    const out = join(other.dir, 'export');
    await exportMission(other, MISSION, out);
    expect(await verifyExport(out)).toMatchObject({ result: 'verified', checked: { artifacts: 11 } });
  });
});
