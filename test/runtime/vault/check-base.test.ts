import { describe, expect, it } from 'vitest';

import { sha256 } from '../../../src/base/digest.ts';
import type { BaseRecord } from '../../../src/runtime/vault/base-record.ts';
import { baseFault, checkBase } from '../../../src/runtime/vault/check-base.ts';
import { Failures } from '../../../src/runtime/vault/failure.ts';
import { type GitEntry, gitListing, gitObjectId, gitTreeId } from '../../../src/runtime/vault/git-objects.ts';
import type { MissionMaterial } from '../../../src/runtime/vault/mission-material.ts';
import { treeListing } from '../../../src/runtime/vault/tree-listing.ts';
import { noneChecked } from '../../../src/runtime/vault/verification.ts';

const blob = (content: string): string => gitObjectId('blob', Buffer.from(content), 'sha1');
const ENTRIES: GitEntry[] = [
  { mode: '100644', id: blob('a'), path: 'a.txt' },
  { mode: '120000', id: blob('a.txt'), path: 'link' },
  { mode: '100755', id: blob('run'), path: 'src/run.sh' },
];
const A = { path: 'a.txt', digest: sha256('a'), type: 'analysis' as const };
const RUN = { path: 'src/run.sh', digest: sha256('run'), type: 'code' as const, executable: true as const };

/** What is kept of a commit that has these entries. */
function kept({ entries = ENTRIES, of = ENTRIES, commit }: { entries?: GitEntry[]; of?: GitEntry[]; commit?: string } = {}) {
  const object = Buffer.from(`tree ${gitTreeId(of, 'sha1')}\nauthor A <a> 0 +0000\ncommitter A <a> 0 +0000\n\nit\n`);
  const parts = { tree: treeListing([A, RUN].map((file) => ({ ...file, size: 0 }))), entries: gitListing(entries), object };
  const record: BaseRecord = {
    commit: commit ?? gitObjectId('commit', object, 'sha1'),
    uri: 'git+file:///somewhere',
    key: sha256('key'),
    tree: sha256(parts.tree),
    entries: sha256(parts.entries),
    object: sha256(object),
    files: 2,
    leftOut: 1,
  };
  return { parts, record };
}

function check({ parts, record }: ReturnType<typeof kept>) {
  const failures = new Failures();
  const material: MissionMaterial = {
    mission: 'm',
    subject: 'log',
    entries: [],
    steps: () => [],
    finished: true,
    entrySubject: () => 'log',
    bundle: () => ({ subject: 'bundle', content: undefined }),
    statementSubject: (name) => name,
    listing: () => ({ subject: 'tree.json', content: undefined }),
    artifact: () => ({ subject: 'artifact', content: undefined }),
    base: (name) => ({ subject: `base/${name}`, content: parts[name] }),
    policy: () => ({ subject: 'policy.tar.gz', content: undefined }),
    blobId: () => undefined,
  };
  const records = { artifacts: new Map(), removed: new Set<string>(), statements: [], base: record };
  const base = checkBase({ material, records, failures, checked: noneChecked() });
  return { base, failures: failures.list.map(({ subject, code, message }) => `${subject} ${code} ${message}`) };
}

describe('what a mission says it started from', () => {
  it('is that of the commit if its trees hash to it', () => {
    const { base, failures } = check(kept());
    expect(failures).toEqual([]);
    expect([...(base?.files.keys() ?? [])]).toEqual(['a.txt', 'src/run.sh']);
  });

  it('is not believed where a list, the commit or its id is another', () => {
    const changed = kept();
    changed.parts.tree = Buffer.from('[]');
    expect(check(changed).failures).toEqual([expect.stringMatching(/^base\/tree VERIFY_BASE it was changed/)]);
    const forged = ENTRIES.with(0, { mode: '100644', id: blob('evil'), path: 'a.txt' });
    expect(check(kept({ entries: forged, of: ENTRIES })).failures).toEqual([
      expect.stringMatching(/VERIFY_BASE the list of files is not that of commit/),
    ]);
    expect(check(kept({ commit: '1'.repeat(40) })).failures).toEqual([
      expect.stringMatching(/VERIFY_BASE the commit object is not that of 1111/),
    ]);
  });

  it('vouches for a file only with the bytes and the mode that the commit has', () => {
    const { base } = check(kept());
    if (base === undefined) throw new Error('it does not hold');
    const fault = (file: Parameters<typeof baseFault>[0], content: string) => baseFault(file, base, () => blob(content));
    expect(fault(A, 'a')).toBeUndefined();
    expect(fault(RUN, 'run')).toBeUndefined();
    expect(fault(A, 'evil')).toMatch(/^its content is [\da-f]{40} to git/);
    expect(fault({ ...A, executable: true }, 'a')).toBe('the commit has it with mode 100644');
    expect(fault({ ...A, path: 'b.txt' }, 'a')).toBe('the commit that the mission started from has no such file');
  });
});
