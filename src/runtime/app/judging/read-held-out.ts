import { lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join, posix, resolve } from 'node:path';

import { sha256 } from '../../../base/digest.ts';
import { NexusError } from '../../../base/errors.ts';
import { compareText } from '../../../base/text.ts';
import { isSpecPath } from '../../../spec/bundle/spec-path.ts';
import type { HeldOut, HeldOutFile } from '../../qa/held-out/held-out.ts';
import { productPathFault } from '../../workspace/product-path.ts';
import type { QaConfig } from './qa-config.ts';

/** More than anybody holds out. */
const MOST = { files: 1000, bytes: 16 * 2 ** 20 };

/** Held-out tests as they lie on disk, and their contents. Throws `CONFIG_INVALID`, `NOT_FOUND`. */
export function readHeldOut(
  { heldOut = [] }: Pick<QaConfig, 'heldOut'>,
  file: string,
): { sets: HeldOut[]; contents: Uint8Array[] } {
  const contents: Uint8Array[] = [];
  const taken = new Set<string>();
  let bytes = 0;
  const sets = heldOut.map(({ tests, at = '', requirement, title }): HeldOut => {
    const from = heldOutPlace(tests, file);
    const files = filesAt(from).map(({ place, name }): HeldOutFile => {
      const path = posix.join(at, name);
      const fault = productPathFault(path) ?? (taken.has(path) ? 'two files would be laid there' : undefined);
      if (fault !== undefined)
        throw invalid(file, `${JSON.stringify(path)}, from ${tests}, cannot be laid over a product: ${fault}.`);
      taken.add(path);
      const content = readFileSync(place);
      contents.push(content);
      bytes += content.length;
      if (bytes > MOST.bytes || taken.size > MOST.files)
        throw invalid(file, `They are more than ${MOST.files} files or ${MOST.bytes} bytes.`);
      const executable = (lstatSync(place).mode & 0o100) !== 0;
      return { path, digest: sha256(content), size: content.length, ...(executable && { executable }) };
    });
    if (files.length === 0) throw invalid(file, `There is no file in ${tests}.`);
    return { requirement, ...(title !== undefined && { title }), from, files };
  });
  return { sets, contents };
}

/** Where held-out tests lie; `file` is the configuration that names them. Throws `NOT_FOUND`. */
export function heldOutPlace(tests: string, file: string): string {
  const place = resolve(dirname(file), tests);
  const found = lstatSync(place, { throwIfNoEntry: false });
  if (found?.isFile() === true || found?.isDirectory() === true) return realpathSync(place);
  throw new NexusError('NOT_FOUND', `There are no held-out tests at ${place}.`, {
    hint: 'Name a folder or a file in `qa.heldOut`, seen from the configuration.',
    details: { file, path: place },
  });
}

function filesAt(from: string): { place: string; name: string }[] {
  if (lstatSync(from).isFile()) return [{ place: from, name: basename(from) }];
  const found = readdirSync(from, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((place) => ({ place, name: place.slice(from.length + 1).replaceAll('\\', '/') }));
  return found.toSorted((a, b) => compareText(a.name, b.name));
}

/** What a bundle would be read with. Throws `CONFIG_INVALID`: who reads the bundle would be told of it. */
export function refuseRead(sets: readonly HeldOut[], bundle: string, file: string): void {
  const root = realpathSync(bundle);
  for (const { from } of sets) {
    if (!from.startsWith(`${root}/`)) continue;
    const read = filesAt(from).find(({ place }) => isSpecPath(place.slice(root.length + 1)));
    if (read !== undefined)
      throw invalid(
        file,
        `The held-out file ${read.place} would be read with the bundle: give it another ending, or another place.`,
      );
  }
}

function invalid(file: string, message: string): NexusError {
  return new NexusError('CONFIG_INVALID', `\`qa.heldOut\`: ${message}`, {
    hint: 'docs/qa.md says what can be set.',
    details: { file },
  });
}
