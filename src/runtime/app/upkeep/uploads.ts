import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { hexOf, isDigest } from '../../../base/digest.ts';
import { systemCode } from '../../../base/errors.ts';
import { isJsonObject, type JsonValue, parsedJson } from '../../../base/json.ts';
import type { LogReader } from '../../log/log-reader.ts';
import { isOpen, missionRows } from '../../mission/queries.ts';
import { PAYLOADS_REMOVING, readRemovedPayloads } from '../../vault/payload-removal.ts';
import { uploadFolders, type UploadFolders } from './upload-folders.ts';

export interface UploadLimits {
  /** Milliseconds since 1970: what was sent or used before, and is not needed, goes. */
  before: number;
  /** Bytes that what is not needed may have: beyond that the oldest goes too, if it was sent before `settled`. */
  room: number;
  settled: number;
}

export interface UploadedFile {
  path: string;
  bytes: number;
  /** When it was sent or used last, milliseconds since 1970. */
  usedAt: number;
}

/** A file by the digest (in hex) that it is named by. */
interface Named extends UploadedFile {
  hex: string;
}

/** What was sent as one specification: the whole, its manifest, or both. */
interface Specification extends Pick<Named, 'hex' | 'bytes' | 'usedAt'> {
  files: Named[];
}

/**
 * What of the specifications that were sent here may go. One stays as long as a mission was begun with it that is open or can still be proven with all that it had, and so do the
 * contents of its manifest. Of the others, what is too old goes, and the oldest of those that are too much.
 */
export function unusedUploads(log: LogReader, workspace: string, { before, room, settled }: UploadLimits): UploadedFile[] {
  const folders = uploadFolders(workspace);
  const needed = neededSpecifications(log);
  const { used = [], unused = [] } = Object.groupBy(specificationsIn(folders), ({ hex }) =>
    needed.has(hex) ? 'used' : 'unused',
  );
  const named = contentsOf(used);
  const spare = namedIn(folders.contents).filter(({ hex }) => !named.has(hex));
  let left = sum(unused) + sum(spare);
  const goes = ({ usedAt, bytes }: Pick<UploadedFile, 'usedAt' | 'bytes'>): boolean => {
    if (usedAt >= before && (left <= room || usedAt >= settled)) return false;
    left -= bytes;
    return true;
  };
  const gone = new Set(unused.filter(goes));
  const stays = contentsOf(unused.filter((each) => !gone.has(each)));
  return [...[...gone].flatMap(({ files }) => files), ...spare.filter((each) => !stays.has(each.hex) && goes(each))];
}

/** Digests of the specifications, in hex, that missions were begun with. */
function neededSpecifications(log: LogReader): Set<string> {
  const removed = new Set<string>();
  for (const entry of log.entries({ kinds: [PAYLOADS_REMOVING] })) removed.add(readRemovedPayloads(entry)?.mission ?? '');
  return new Set(
    missionRows(log.db)
      .filter((row) => isOpen(row) || !removed.has(row.id))
      .flatMap(({ originating_spec: uri }) => /sha256:([0-9a-f]{64})$/.exec(uri)?.[1] ?? []),
  );
}

/** The one that was used longest ago first. */
function specificationsIn(folders: UploadFolders): Specification[] {
  const files = Map.groupBy([...namedIn(folders.specifications), ...namedIn(folders.manifests)], ({ hex }) => hex);
  return [...files]
    .map(([hex, all]) => ({
      hex,
      files: all,
      bytes: sum(all),
      usedAt: Math.max(...all.map(({ usedAt }) => usedAt)),
    }))
    .sort((a, b) => a.usedAt - b.usedAt);
}

/** The one that was used longest ago first. */
function namedIn(folder: string): Named[] {
  return namesIn(folder)
    .flatMap((name) => {
      const hex = /^[0-9a-f]{64}(?=$|\.)/.exec(name)?.[0];
      const path = join(folder, name);
      const found = hex === undefined ? undefined : lstatSync(path, { throwIfNoEntry: false });
      return hex === undefined || found?.isFile() !== true ? [] : [{ hex, path, bytes: found.size, usedAt: found.mtimeMs }];
    })
    .sort((a, b) => a.usedAt - b.usedAt);
}

/** What the manifests of specifications name, in hex. */
function contentsOf(specifications: readonly Specification[]): Set<string> {
  const manifests = specifications.flatMap(({ files }) => files).filter(({ path }) => path.endsWith('.json'));
  return new Set(manifests.flatMap(({ path }) => contentsIn(parsedJson(readIfThere(path)))));
}

function contentsIn(manifest: JsonValue | undefined): string[] {
  const files = isJsonObject(manifest) && Array.isArray(manifest['files']) ? manifest['files'] : [];
  return files.flatMap((file) => (isJsonObject(file) && isDigest(file['digest']) ? [hexOf(file['digest'])] : []));
}

/** Nothing, of one that has just gone. */
function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return '';
    throw error;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}

const sum = (files: readonly { bytes: number }[]): number => files.reduce((total, { bytes }) => total + bytes, 0);
