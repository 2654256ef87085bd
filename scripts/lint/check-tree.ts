import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

import { LAYERS, PACKAGE_FILES } from './layers.ts';

/**
 * Throws where the layer table no longer covers the tree. A rule derived from a folder list says nothing about a folder that is
 * not in it, so silence there would look like a pass.
 */
export function checkTree(root: string): void {
  const files = listFiles(root);
  const stray = files.filter((file) => !PACKAGE_FILES.includes(file) && layerOf(file) === undefined);
  if (stray.length > 0) throw new Error(`in no layer of scripts/lint/layers.ts: ${stray.join(', ')}`);

  // The highest layer may: nothing imports from it, and it may import everything.
  const shadowed = files.filter(
    (file) =>
      layerOf(file) !== LAYERS.at(-1)?.folder && !isGenerated(file) && inner(file).some((folder) => layerNames.has(folder)),
  );
  if (shadowed.length > 0)
    throw new Error(`folder named like a layer, which the import rules cannot tell apart: ${shadowed.join(', ')}`);

  const orphans = dependencies(root).filter((name) => !owners.some((owner) => owns(owner, name)));
  if (orphans.length > 0) throw new Error(`dependency without an owner in scripts/lint/layers.ts: ${orphans.join(', ')}`);
}

const owners = LAYERS.flatMap((layer) => layer.owns);
const layerNames = new Set(LAYERS.map((layer) => lastSegment(layer.folder)));

function lastSegment(folder: string): string {
  return folder.slice(folder.lastIndexOf('/') + 1);
}

function layerOf(file: string): string | undefined {
  return LAYERS.find((layer) => file.startsWith(`${layer.folder}/`))?.folder;
}

/** Made by a tool, in folders that its sources name; it imports nothing of ours. */
const isGenerated = (file: string): boolean => inner(file).includes('generated');

/** Folders between a file and its layer. */
function inner(file: string): string[] {
  const layer = layerOf(file);
  return layer === undefined
    ? []
    : file
        .slice(layer.length + 1)
        .split('/')
        .slice(0, -1);
}

function owns(owner: string, name: string): boolean {
  return owner.endsWith('/*') ? name.startsWith(owner.slice(0, -1)) : owner === name;
}

function listFiles(root: string): string[] {
  const src = join(root, 'src');
  if (!existsSync(src)) return [];
  return readdirSync(src, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'));
}

function dependencies(root: string): string[] {
  const path = join(root, 'package.json');
  if (!existsSync(path)) return [];
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as { dependencies?: Record<string, string> };
  return Object.keys(manifest.dependencies ?? {});
}
