import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { assert, asyncProperty, integer, uint8Array } from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { NexusError } from '../../../src/base/errors.ts';
import { readArchive } from '../../../src/spec/archive/read-archive.ts';
import { type Packed, pax, tar, zip } from './pack.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'archive-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const SPEC = { name: 'spec.md', content: '# Shop\n' };
const FORMS: [string, (entries: readonly Packed[]) => Buffer][] = [
  ['a.tar', tar],
  ['a.tar.gz', (entries) => gzipSync(tar(entries))],
  ['a.zip', zip],
];

function write(name: string, bytes: Uint8Array): string {
  const path = join(dir, name);
  writeFileSync(path, bytes);
  return path;
}

async function failure(path: string): Promise<NexusError> {
  return readArchive(path).then(
    () => {
      throw new Error('it was read');
    },
    (error: unknown) => {
      if (error instanceof NexusError) return error;
      throw error;
    },
  );
}

async function pathsIn(path: string): Promise<string[]> {
  return (await readArchive(path)).files.map((file) => file.path);
}

function has(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe.each(FORMS)('%s', (name, pack) => {
  it('is read as the folder would be, in memory', async () => {
    const entries = [
      { name: 'b.md', content: 'b' },
      { name: 'a/c.yaml', content: '\u{FEFF}c: 1\r\n' },
      { name: 'logo.png', content: Buffer.of(0, 1) },
      { name: '.git/a.md', content: 'x' },
      { name: 'node_modules/x/a.md', content: 'x' },
      { name: '.kiro/steering/a.md', content: 'k' },
      { name: 'spec.lock.yaml', content: 'x' },
    ];
    const path = write(name, pack(entries));
    const { files, name: title } = await readArchive(path);
    expect(title).toBe('a');
    expect(files).toEqual([
      { path: '.kiro/steering/a.md', text: 'k' },
      { path: 'a/c.yaml', text: 'c: 1\r\n' },
      { path: 'b.md', text: 'b' },
    ]);
    expect(readdirSync(dir)).toEqual([name]);
  });

  it('loses a single top folder, but for one that means something', async () => {
    expect(
      await pathsIn(
        write(
          name,
          pack([
            { name: 'shop-1.0/', type: '5' },
            { name: 'shop-1.0/spec.md', content: 'x' },
          ]),
        ),
      ),
    ).toEqual(['spec.md']);
    expect(await pathsIn(write(name, pack([{ name: 'node_modules/spec.md', content: 'x' }])))).toEqual(['spec.md']);
    expect(await pathsIn(write(name, pack([{ name: 'specs/001-a/spec.md', content: 'x' }])))).toEqual(['specs/001-a/spec.md']);
    expect(await pathsIn(write(name, pack([{ name: '.kiro/specs/a.md', content: 'x' }])))).toEqual(['.kiro/specs/a.md']);
    expect(
      await pathsIn(
        write(
          name,
          pack([
            { name: 'a/spec.md', content: 'x' },
            { name: '__MACOSX/a/._spec.md', content: 'x' },
          ]),
        ),
      ),
    ).toEqual(['spec.md']);
  });

  it('hands over what is asked for beside the specification', async () => {
    const path = write(
      name,
      pack([
        { name: 'x/spec.md', content: 'x' },
        { name: 'x/spec.lock.yaml', content: 'lock' },
        { name: 'x/y/spec.lock.yaml', content: 'no' },
      ]),
    );
    const { beside } = await readArchive(path, { beside: ['spec.lock.yaml'] });
    expect([...beside]).toEqual([['spec.lock.yaml', 'lock']]);
  });

  it.each(['../evil.md', 'a/../../evil.md', '/etc/evil.md', 'C:\\evil.md', '..\\evil.md', '\\\\host\\evil.md', '../evil.bin'])(
    'BUNDLE_ESCAPE: an entry %s',
    async (evil) => {
      expect((await failure(write(name, pack([SPEC, { name: evil, content: 'x' }])))).code).toBe('BUNDLE_ESCAPE');
    },
  );

  it.each(['/etc/passwd', '../../secret.md', 'C:\\secret'])('BUNDLE_ESCAPE: a link to %s', async (link) => {
    const evil = { name: 'a/link.md', type: '2', link, mode: 0o120777, content: name === 'a.zip' ? link : '' };
    expect((await failure(write(name, pack([SPEC, evil])))).code).toBe('BUNDLE_ESCAPE');
  });

  it('passes over a link that stays inside, and refuses what lies behind it', async () => {
    const link = { name: 'also.md', type: '2', link: 'spec.md', mode: 0o120777, content: name === 'a.zip' ? 'spec.md' : '' };
    expect(await pathsIn(write(name, pack([SPEC, link])))).toEqual(['spec.md']);
    const behind = [SPEC, { ...link, name: 'there' }, { name: 'there/a.md', content: 'x' }];
    expect(await failure(write(name, pack(behind)))).toMatchObject({
      code: 'BUNDLE_ARCHIVE',
      message: expect.stringContaining('behind a link'),
    });
  });

  it.each([
    ['twice', 'spec.md'],
    ['in another case', 'SPEC.md'],
  ])('BUNDLE_ARCHIVE: a file %s', async (_, other) => {
    expect((await failure(write(name, pack([SPEC, { name: other, content: 'x' }])))).code).toBe('BUNDLE_ARCHIVE');
  });

  it('BUNDLE_ARCHIVE: a device or a pipe', async () => {
    for (const device of [
      { name: 'null.md', type: '3', mode: 0o020666 },
      { name: 'pipe.md', type: '6', mode: 0o010666 },
    ])
      expect((await failure(write(name, pack([SPEC, device])))).code).toBe('BUNDLE_ARCHIVE');
  });

  it('BUNDLE_TOO_LARGE: a file over the limit, however small it is packed', async () => {
    const { code } = await failure(write(name, pack([SPEC, { name: 'big.md', content: Buffer.alloc(17 * 2 ** 20, 'a') }])));
    expect(code).toBe('BUNDLE_TOO_LARGE');
  });

  it('BUNDLE_EMPTY, BUNDLE_BINARY and BUNDLE_ENCODING are as in a folder', async () => {
    expect((await failure(write(name, pack([])))).code).toBe('BUNDLE_EMPTY');
    expect((await failure(write(name, pack([{ name: 'spec.md', content: Buffer.of(35, 0) }])))).code).toBe('BUNDLE_BINARY');
    expect((await failure(write(name, pack([{ name: 'spec.md', content: Buffer.of(35, 0xe9) }])))).code).toBe('BUNDLE_ENCODING');
  });

  it('throws nothing but errors of ours for whatever bytes', async () => {
    const good = pack([SPEC, { name: 'a/b.md', content: 'hello '.repeat(200) }]);
    await assert(
      asyncProperty(integer({ min: 0, max: good.length - 1 }), uint8Array({ minLength: 1, maxLength: 8 }), async (at, bytes) => {
        const broken = Buffer.from(good);
        broken.set(bytes.subarray(0, good.length - at), at);
        const outcome = await readArchive(write(name, broken)).catch((error: unknown) => error);
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(NexusError);
      }),
      { numRuns: 200 },
    );
  });

  it('BUNDLE_ARCHIVE: it is cut short, or no archive', async () => {
    const good = pack([{ name: 'spec.md', content: '# Shop\n'.repeat(300) }]);
    const short = name === 'a.tar' ? good.subarray(0, 1024) : good.subarray(0, good.length - 12);
    expect((await failure(write(name, short))).code).toBe('BUNDLE_ARCHIVE');
    expect((await failure(write(name, Buffer.from('# Shop\n')))).code).toBe('BUNDLE_ARCHIVE');
  });
});

describe('tar', () => {
  it('BUNDLE_ARCHIVE: it ends behind a file, so that more may be missing', async () => {
    const whole = tar([SPEC, { name: 'more.md', content: 'x' }]);
    for (const bytes of [whole.subarray(0, -1024), whole.subarray(0, 1024)])
      expect(await failure(write('a.tar', bytes))).toMatchObject({
        code: 'BUNDLE_ARCHIVE',
        message: expect.stringContaining('cut short'),
      });
  });

  it('BUNDLE_ARCHIVE: a sparse file, whose content is not what is packed', async () => {
    const path = write('a.tar', tar([pax({ 'GNU.sparse.name': 'spec.md' }), SPEC]));
    expect(await failure(path)).toMatchObject({ code: 'BUNDLE_ARCHIVE', message: expect.stringContaining('sparse') });
  });

  it('knows the long names of pax and GNU', async () => {
    const long = `${'deep/'.repeat(40)}spec.md`;
    const other = { name: '././@LongLink', type: 'L', content: `${'gnu/'.repeat(40)}spec.md\0` };
    expect(await pathsIn(write('a.tar', tar([pax({ path: long }), SPEC, other, { name: 'cut.md', content: 'x' }])))).toEqual([
      long,
      `${'gnu/'.repeat(40)}spec.md`,
    ]);
  });

  it('BUNDLE_ESCAPE: a long name that leads out', async () => {
    expect((await failure(write('a.tar', tar([pax({ path: '../evil.md' }), SPEC])))).code).toBe('BUNDLE_ESCAPE');
    const hard = [SPEC, pax({ linkpath: '../../evil' }), { name: 'a', type: '1', link: 'spec.md' }];
    expect((await failure(write('a.tar', tar(hard)))).code).toBe('BUNDLE_ESCAPE');
  });

  it('BUNDLE_TOO_LARGE: a bomb of what is no specification, without holding it', async () => {
    const bomb = gzipSync(tar([SPEC, { name: 'zero.bin', content: Buffer.alloc(96 * 2 ** 20) }]));
    expect(bomb.length).toBeLessThan(2 ** 18);
    expect((await failure(write('a.tgz', bomb))).code).toBe('BUNDLE_TOO_LARGE');
  });
});

describe('zip', () => {
  it('BUNDLE_TOO_LARGE: what it says it unpacks to, without unpacking it', async () => {
    const bomb = zip([SPEC, { name: 'zero.bin', content: 'x', size: 2 ** 32 - 2 }]);
    expect((await failure(write('a.zip', bomb))).code).toBe('BUNDLE_TOO_LARGE');
  });

  it.each<[string, Packed]>([
    ['unpacks to more than it says', { name: 'a.md', content: 'a'.repeat(10_000), size: 100 }],
    ['unpacks to less than it says', { name: 'a.md', content: 'a', size: 100 }],
    ['has two names', { name: 'a.md', content: 'a', localName: 'b.md' }],
    ['is encrypted', { name: 'a.md', content: 'a', flags: 1 }],
    ['is packed in an unknown way', { name: 'a.md', content: 'a', method: 12 }],
  ])('BUNDLE_ARCHIVE: an entry that %s', async (_, entry) => {
    expect((await failure(write('a.zip', zip([SPEC, entry])))).code).toBe('BUNDLE_ARCHIVE');
  });

  it('reads what is stored and not deflated', async () => {
    expect((await readArchive(write('a.zip', zip([{ ...SPEC, method: 0 }])))).files[0]?.text).toBe('# Shop\n');
  });
});

describe('what other programs pack', () => {
  const folder = (): string => {
    mkdirSync(join(dir, 'shop', 'é'.repeat(120)), { recursive: true });
    writeFileSync(join(dir, 'shop', 'spec.md'), '# Shop\n');
    writeFileSync(join(dir, 'shop', 'é'.repeat(120), 'other.md'), '# Other\n');
    return dir;
  };

  it.skipIf(!has('tar')).each(['ustar', 'pax', 'gnu'])('tar, form %s', async (form) => {
    const path = join(folder(), 'a.tar.gz');
    const flags = form === 'ustar' ? ['--exclude=é*'] : [];
    execFileSync('tar', ['czf', path, `--format=${form}`, ...flags, '-C', dir, 'shop']);
    expect(await pathsIn(path)).toEqual(form === 'ustar' ? ['spec.md'] : ['spec.md', `${'é'.repeat(120)}/other.md`]);
  });

  it.skipIf(!has('zip'))('zip', async () => {
    folder();
    execFileSync('zip', ['-qr', 'a.zip', 'shop'], { cwd: dir });
    expect(await pathsIn(join(dir, 'a.zip'))).toEqual(['spec.md', `${'é'.repeat(120)}/other.md`]);
  });
});
