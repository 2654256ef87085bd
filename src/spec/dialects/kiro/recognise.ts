import type { Bundle, BundleFile } from '../../read-bundle.ts';
import { says } from '../../work/keywords.ts';
import { KIRO_SPECS } from './claims.ts';
import { folderOf, placeOfSpecs, roleOf } from './spec-folder.ts';

const INSIDE_KIRO = /(?:^|[\\/])\.kiro(?:[\\/]specs(?:[\\/].*)?)?$/i;
/** Files that only other tools put beside a `tasks.md`. */
const FOREIGN = /(?:^|\/)(?:proposal|plan|spec|constitution)\.md$/i;
const NUMBERED_BOX = /^[ \t]{0,8}[-*+] {1,4}\[[^\]\n]?\](?:\\?\*)? {0,4}\*{0,2}\d{1,4}(?:\.\d{1,4}){0,3}[.)]?\s/m;
const REFERENCE =
  /^[ \t]{0,12}[-*+]? {0,4}[_*]{1,3}(?:Requirements?|Validates|Depends|Boundary|Gereksinim(?:ler)?|要件|需求|요구사항|Requisitos?|Exigences?|Anforderung(?:en)?)[_*]{0,3} {0,3}[:：]/m;
const TITLE =
  /^# {1,4}(?:Implementation Plan|Uygulama Planı|実装計画|实施计划|实现计划|實作計畫|구현 계획|Implementierungsplan|Plan de implementación|Plano de Implementação|Plan d['’]implémentation)/im;
const HEAD_BYTES = 200_000;

/** By where the files lie; elsewhere by what a folder with a `tasks.md` or `requirements.md` holds. */
export function recognises(bundle: Bundle): boolean {
  const { files, root } = bundle;
  if (files.some(({ path }) => KIRO_SPECS.test(path) && roleOf(path) !== undefined)) return true;
  // Nothing but steering and templates: all of it is context.
  if (files.every(({ path }) => /(?:^|\/)\.kiro\//i.test(path))) return true;
  const isPlaced = placeOfSpecs(bundle);
  const own = files.filter(({ path }) => roleOf(path) !== undefined && isPlaced(path));
  if (own.length > 0 && INSIDE_KIRO.test(root)) return true;
  const foreign = new Set(files.filter(({ path }) => FOREIGN.test(path)).map(({ path }) => folderOf(path)));
  return own.some((file) => !foreign.has(folderOf(file.path)) && looksOwn(file, own));
}

function looksOwn(file: BundleFile, all: readonly BundleFile[]): boolean {
  const text = file.text.slice(0, HEAD_BYTES);
  const role = roleOf(file.path);
  if (role === 'requirements') return isRequirements(text);
  if (role !== 'tasks' || !NUMBERED_BOX.test(text)) return false;
  const hasRequirements = all.some(({ path }) => roleOf(path) === 'requirements' && folderOf(path) === folderOf(file.path));
  return hasRequirements || REFERENCE.test(text) || TITLE.test(text);
}

/** Headings of requirements, and criteria or statements under them. */
function isRequirements(text: string): boolean {
  const headings = text.match(/^#{2,4} [^\n]{1,200}/gm)?.slice(0, 200) ?? [];
  const numbered = headings.some((heading) => says(heading, 'requirement') && /\d/.test(heading));
  return (numbered && headings.some((heading) => says(heading, 'acceptance'))) || /^# {1,4}Bugfix Requirements/im.test(text);
}
