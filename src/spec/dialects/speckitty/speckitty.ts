import type { Dialect } from '../../dialect.ts';
import type { Bundle, BundleFile } from '../../read-bundle.ts';
import { isMissionPath, isPrompt } from './missions.ts';

/** spec-kitty: missions of work packages, each a file of its own, in the order that `wps.yaml` or front matter gives them. */
export const speckitty: Dialect = { name: 'speckitty', recognises, read: async (desk) => (await import('./read.ts')).read(desk) };

function recognises({ files }: Bundle): boolean {
  if (files.some(({ path }) => isMissionPath(path))) return true;
  if (files.length > 0 && files.every(({ path }) => isPrompt(path) || /(?:^|\/)(?:README|review-cycle-\d+)\.md$/i.test(path))) {
    return files.some(
      (file) => isPrompt(file.path) && /^---\s[\s\S]{0,4000}?^work_package_id\s*:/m.test(file.text.slice(0, 5000)),
    );
  }
  return files.some(isTaskList);
}

function isTaskList({ path, text }: BundleFile): boolean {
  return /^(?:[^/]+\/)?tasks\.md$/.test(path) && /^#{2,4}[\t ]{1,9}(?:Work Package[\t ]{1,9})?WP\d{2,3}\b/m.test(text);
}
