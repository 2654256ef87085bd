import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { buildGraph } from '../../src/spec/build-graph.ts';
import { interpret } from '../../src/spec/interpret.ts';
import { openBundle } from '../../src/spec/open-bundle.ts';
import { lockOf } from '../../src/spec/lock/graph-lock.ts';
import { lockText } from '../../src/spec/lock/write-lock.ts';
import type { Bundle, BundleFile } from '../../src/spec/read-bundle.ts';

/** A file to be changed, among files that stay as they are. */
export interface Seed {
  file: BundleFile;
  beside: readonly BundleFile[];
  dialect: string;
}

/** Seeds that are read in one way. Kinds take turns, however many seeds each has. */
export interface Kind {
  name: string;
  reads: 'bundle' | 'archive' | 'levels' | 'lock';
  seeds: readonly Seed[];
}

/** Longer files are cut to a window, and no more than this lies beside them: a case should take milliseconds. */
const MAX_FILE = 40_000;
const MAX_BESIDE = 80_000;
const DOCUMENT = /\.(?:json|ya?ml|proto)$/i;

/** The kinds that folders of bundles give: each dialect, documents by their sort, archives, and the files beside bundles. */
export async function kindsIn(folders: readonly string[]): Promise<Kind[]> {
  const paths = folders.flatMap(bundlesIn);
  const bundles = await Promise.all(paths.map(opened));
  const seeds = bundles.flatMap(({ bundle, dialect }) => seedsOf(bundle, dialect));
  const isDocument = ({ dialect, file }: Seed): boolean => dialect === 'native' && DOCUMENT.test(file.path);
  const byDialect = Map.groupBy(seeds, (seed) => (isDocument(seed) ? documentSort(seed.file) : seed.dialect));
  const kinds = [...byDialect].map(([name, own]): Kind => ({ name, reads: 'bundle', seeds: own }));
  const archives = (['tar', 'tar.gz', 'zip'] as const).map((name): Kind => ({ name, reads: 'archive', seeds }));
  return [...kinds, ...archives, ...(await besideKinds(paths, bundles))].filter((kind) => kind.seeds.length > 0);
}

interface Opened {
  bundle: Bundle;
  dialect: string;
}

function bundlesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name));
}

async function opened(path: string): Promise<Opened> {
  const bundle = openBundle(path);
  return { bundle, dialect: (await interpret(bundle)).dialect };
}

function seedsOf(bundle: Bundle, dialect: string): Seed[] {
  return bundle.files.map((file) => {
    const near = bundle.files.filter((other) => other !== file && folderOf(other.path) === folderOf(file.path));
    const others = near.concat(bundle.files.filter((other) => other !== file && !near.includes(other)));
    let room = MAX_BESIDE;
    const beside = others.filter(({ text }) => {
      room -= text.length;
      return room > 0;
    });
    return { file: { path: file.path, text: windowOf(file.text) }, beside, dialect };
  });
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** The beginning of a long text, which says what it is, and a part of its middle. */
function windowOf(text: string): string {
  if (text.length <= MAX_FILE) return text;
  const middle = text.length >> 1;
  return `${text.slice(0, MAX_FILE / 2)}\n${text.slice(middle, middle + MAX_FILE / 2)}`;
}

function documentSort({ path, text }: BundleFile): string {
  if (/\.proto$/i.test(path)) return 'proto';
  const known = /(?:^|["'\s])(openapi|swagger|asyncapi)["']?\s*:/.exec(text.slice(0, 2000))?.[1];
  return known ?? (/\$schema/.test(text.slice(0, 2000)) ? 'json-schema' : 'documents');
}

/** The lock of each graph, and configurations. */
async function besideKinds(paths: readonly string[], bundles: readonly Opened[]): Promise<Kind[]> {
  const locks = await Promise.all(
    bundles.map(async ({ bundle, dialect }) => {
      const specification = await interpret(bundle);
      return seedOf('spec.lock.yaml', windowOf(lockText(lockOf(specification, buildGraph(specification)))), dialect);
    }),
  );
  const levels = paths
    .map((path) => join(path, '.agentnexus.yaml'))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true)
    .map((path) => seedOf('.agentnexus.yaml', readFileSync(path, 'utf8'), 'native'));
  return [
    { name: 'lock', reads: 'lock', seeds: locks },
    { name: 'levels', reads: 'levels', seeds: levels },
  ];
}

function seedOf(path: string, text: string, dialect: string): Seed {
  return { file: { path, text }, beside: [], dialect };
}
