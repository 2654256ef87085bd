import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, sep } from 'node:path';

import { systemClock } from '../../base/clock.ts';
import { type Digest, hexOf, isDigest, sha256 } from '../../base/digest.ts';
import { asWorkspaceError, syncFolder, syncFolderAside, syncHandle } from '../../base/durable-file.ts';
import { NexusError, systemCode } from '../../base/errors.ts';

/** Content by digest, on the local disk, under `cas/sha256/ab/<hex>`. */
export interface ContentStore {
  /** Durable when it resolves. Content that is there already is not written again, but counts as stored now (`STALE`). */
  put(bytes: Uint8Array): Promise<Digest>;
  /** As `put`, for many at once: files are synced side by side, each folder once. Digests are in the order of `contents`. */
  putMany(contents: Iterable<Uint8Array>): Promise<Digest[]>;
  /** The content, hashed again. Throws `NOT_FOUND`, or `STORE_CORRUPT` naming the digest. */
  get(digest: Digest): Uint8Array;
  has(digest: Digest): boolean;
  /** Bytes, or undefined if it is not there. Does not read the content. */
  sizeOf(digest: Digest): number | undefined;
  /** Where the content lies, or would lie; for tools that read files. Treat it as read-only. */
  pathOf(digest: Digest): string;
  /** Every digest there is, in order. Names only: nothing is read. */
  list(): Iterable<Digest>;
}

/**
 * What waits for the disk side by side: enough to keep its queue full, and few open files. Only the wait is given to threads: to have them open, write
 * and rename too, as small as the files are, takes three times the time.
 */
const AT_ONCE = 32;

/**
 * Milliseconds after which content that is stored again is dated anew: whoever removes what nothing refers to, beside those who store, goes by the date and
 * leaves what may be named soon.
 */
const STALE = 1_800_000;

/**
 * Opens the store below `dir`. `writer` is for the process that holds the workspace: it makes the folders and removes what a
 * crash left half-written.
 */
export function openContentStore(dir: string, options: { writer?: boolean } = {}): ContentStore {
  const root = join(dir, 'cas', 'sha256');
  const incoming = join(dir, 'cas', 'incoming');
  if (options.writer === true) prepare(root, incoming);
  const pathOf = (digest: Digest) => {
    const hex = hexOf(digest);
    // `join` would look at every letter of a path that is right.
    return `${root}${sep}${hex.slice(0, 2)}${sep}${hex}`;
  };
  const sizeOf = (digest: Digest) => statSync(pathOf(digest), { throwIfNoEntry: false })?.size;
  const names = durableNames(root);

  async function putMany(contents: Iterable<Uint8Array>): Promise<Digest[]> {
    try {
      const found = classify(contents, pathOf);
      const paths = [...found.missing.keys()].map(pathOf);
      const made = [...new Set(paths.map(dirname))].filter((folder) => mkdirSync(folder, { recursive: true }) !== undefined);
      names.renew([...paths, ...made]);
      await sideBySide(found.missing, ([digest, bytes]) => place(bytes, join(incoming, tempName(digest)), pathOf(digest)));
      await names.sync(found.digests.map(pathOf));
      return found.digests;
    } catch (error) {
      throw asWorkspaceError(error, root);
    }
  }

  return {
    putMany,
    put: async (bytes) => (await putMany([bytes]))[0] ?? sha256(bytes),
    get: (digest) => readVerified(pathOf(digest), digest),
    has: (digest) => existsSync(pathOf(digest)),
    sizeOf,
    pathOf,
    list: () => listDigests(root),
  };
}

function prepare(root: string, incoming: string): void {
  try {
    rmSync(incoming, { recursive: true, force: true });
    mkdirSync(root, { recursive: true });
    mkdirSync(incoming);
    syncFolder(dirname(root));
  } catch (error) {
    throw asWorkspaceError(error, root);
  }
}

/** Digests of all contents, and those contents that the store lacks. The same digest with another size is damage, never an update. */
function classify(contents: Iterable<Uint8Array>, pathOf: ContentStore['pathOf']) {
  const digests: Digest[] = [];
  const missing = new Map<Digest, Uint8Array>();
  for (const bytes of contents) {
    const digest = sha256(bytes);
    digests.push(digest);
    const found = statSync(pathOf(digest), { throwIfNoEntry: false });
    if (found === undefined) missing.set(digest, bytes);
    else if (found.size !== bytes.length) throw corrupt(digest, `is ${found.size} bytes long instead of ${bytes.length}`);
    else freshen(pathOf(digest), found.mtimeMs);
  }
  return { digests, missing };
}

function freshen(path: string, storedAt: number): void {
  const now = systemClock.now();
  if (now - storedAt > STALE) utimesSync(path, now / 1000, now / 1000);
}

/**
 * Makes names durable by syncing their folders, those of content found in place too: a writer that was killed may have left them unsynced.
 * Each once: what this store has synced itself stays durable.
 */
function durableNames(root: string) {
  const durable = new Set<string>();
  const syncOnce = async (folder: string, names: readonly string[]) => {
    if (names.every((name) => durable.has(name))) return;
    await syncFolderAside(folder);
    for (const name of names) durable.add(name);
  };
  return {
    async sync(paths: readonly string[]) {
      if (paths.every((path) => durable.has(path) && durable.has(dirname(path)))) return;
      const byFolder = Map.groupBy(paths, dirname);
      await sideBySide(byFolder, ([folder, names]) => syncOnce(folder, names));
      await syncOnce(root, [...byFolder.keys()]);
    },
    /** They are made anew, if somebody has taken them away. */
    renew(paths: readonly string[]) {
      for (const path of paths) durable.delete(path);
    },
  };
}

let serial = 0;
const tempName = (digest: Digest): string => `${hexOf(digest).slice(0, 12)}-${process.pid}-${serial++}`;

async function sideBySide<K, V>(items: ReadonlyMap<K, V>, work: (item: [K, V]) => Promise<void>): Promise<void> {
  const queue = items.entries();
  const worker = async () => {
    for (let next = queue.next(); !next.done; next = queue.next()) await work(next.value);
  };
  const settled = await Promise.allSettled(Array.from({ length: Math.min(items.size, AT_ONCE) }, worker));
  for (const outcome of settled) if (outcome.status === 'rejected') throw outcome.reason;
}

/** The name comes last: whoever finds it finds all of the content, and durable. Two who place the same content place the same bytes. */
async function place(bytes: Uint8Array, temp: string, target: string): Promise<void> {
  try {
    await writeSynced(temp, bytes);
    renameSync(temp, target);
  } catch (error) {
    rmSync(temp, { force: true });
    throw error;
  }
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const file = openSync(path, 'wx', 0o444);
  try {
    writeFileSync(file, bytes);
    await syncHandle(file);
  } finally {
    closeSync(file);
  }
}

function readVerified(path: string, digest: Digest): Uint8Array {
  const bytes = read(path, digest);
  if (sha256(bytes) !== digest) throw corrupt(digest, 'holds other bytes');
  return bytes;
}

function read(path: string, digest: Digest): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    throw new NexusError('NOT_FOUND', `${digest} is not in the content store.`, { details: { digest }, cause: error });
  }
}

function corrupt(digest: Digest, how: string): NexusError {
  return new NexusError('STORE_CORRUPT', `Stored content ${digest} ${how}.`, {
    hint: 'Restore it from a backup or an export, or move it away and run the tasks that made it again.',
    details: { digest },
  });
}

function* listDigests(root: string): Iterable<Digest> {
  for (const folder of entriesOf(root)) {
    for (const name of entriesOf(join(root, folder))) {
      const digest = `sha256:${name}`;
      if (isDigest(digest) && name.startsWith(folder)) yield digest;
    }
  }
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder).toSorted();
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return [];
    throw error;
  }
}
