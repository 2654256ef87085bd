import { dirname } from 'node:path';

/** What stands for a place that somebody elsewhere is not told. */
export const PLACE = 'a folder of the server';

/** How a path goes on in a text for people, and where it begins if it is one from the root. */
const REST = String.raw`[^\s"'\`,;()]`;
const ROOT = String.raw`(?<![\w.~:/-])(?:[A-Za-z]:\\|/)`;

/** Takes paths out of a text for people, but for what lies in the folders that are `known` to whoever reads it. Those above them go too, whatever characters they have. */
export function hidePlaces(text: string, known: readonly string[]): string {
  const above = known.flatMap(foldersAbove).sort((a, b) => b.length - a.length);
  const kept = known.map((folder) => `${escaped(folder)}(?![\\w-])`);
  const hidden = above.map((folder) => `${escaped(folder)}(?![\\w-])(?:/${REST}*)?`);
  const places = new RegExp([...kept, ...hidden, `${ROOT}${REST}+`].join('|'), 'g');
  return text.replaceAll(places, (place) => (known.includes(place) ? place : PLACE));
}

/** But for the root. */
function foldersAbove(path: string): string[] {
  const folder = dirname(path);
  return dirname(folder) === folder ? [] : [folder, ...foldersAbove(folder)];
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
