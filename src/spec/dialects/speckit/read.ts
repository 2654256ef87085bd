import type { Desk, Reading } from '../../dialect.ts';
import { readDocuments } from '../../documents/read-documents.ts';
import { isMarkdown, type LineAccount } from '../../line-account.ts';
import type { Block } from '../../markdown/block.ts';
import { parseMarkdown } from '../../markdown/parse-markdown.ts';
import { plainText } from '../../markdown/passage.ts';
import { lineText } from '../../source-text.ts';
import { Archive } from '../../work/archived.ts';
import { passOver } from '../../work/pass-over.ts';
import { settleRest } from '../../work/settle-rest.ts';
import type { RequirementDraft, WorkReading } from '../../work/work-draft.ts';
import { type Feature, featureBeside, featureOf, featuresOf, isTooling, roleOf, scopeOf } from './feature-files.ts';
import { readChecklist } from './read-checklist.ts';
import { readSpec } from './read-spec.ts';
import { readTasks } from './read-tasks.ts';
import { StoryBook } from './story-book.ts';

interface FeatureFile {
  account: LineAccount;
  feature: Feature;
  blocks: Block[];
}

/** Reads each feature. */
export async function read(desk: Desk): Promise<Reading> {
  const features = featuresOf(desk.bundle);
  const work: WorkReading = { tasks: [], requirements: [], edges: [] };
  const reading: Reading = {
    source: { file: desk.accounts[0]?.source.path ?? '', line: 1, column: 1, endLine: 1 },
    outsideParties: [],
    drafts: [],
    work,
    namesRepeat: true,
  };
  const byFeature = new Map<Feature, FeatureFile[]>();
  const documents: LineAccount[] = [];
  for (const account of desk.accounts) {
    const { path } = account.source;
    const feature = featureOf(path, features) ?? featureBeside(path, features);
    if (isTooling(path)) passOver(account, 'belongs to the tool');
    else if (!isMarkdown(path)) documents.push(account);
    else if (feature === undefined || isOutside(path, feature)) passOver(account, 'is no part of a feature');
    else addTo(byFeature, { account, feature, blocks: readBlocks(account) });
  }
  const archive = new Archive();
  for (const files of byFeature.values()) readFeature(files, { desk, work, archive, isOnly: byFeature.size === 1 });
  archive.report(desk.diagnostics);
  reading.drafts = await readDocuments(documents, desk);
  return { ...reading, ...titleOf([...byFeature.values()], desk) };
}

/** A bundle whose root is a feature may be a whole repository: what agents and people are told there is no part of the feature. */
function isOutside(path: string, { folder }: Feature): boolean {
  return (
    folder === '' &&
    (/^(?:\.specify|templates|docs|node_modules)\//.test(path) ||
      /^(?:agents|claude|gemini|readme|changelog|contributing)\.md$/i.test(path))
  );
}

/** The blocks of a file; front matter at its top is one document. */
function readBlocks(account: LineAccount): Block[] {
  const { source } = account;
  let matter = 0;
  if (source.lineCount > 1 && lineText(source, 1).trimEnd() === '---') {
    for (let line = 2; line <= source.lineCount && matter === 0; line++)
      if (lineText(source, line).trimEnd() === '---') matter = line;
  }
  if (matter > 0) account.mark({ line: 1, endLine: matter }, 'document');
  return parseMarkdown(source, matter);
}

function addTo(byFeature: Map<Feature, FeatureFile[]>, file: FeatureFile): void {
  const files = byFeature.get(file.feature);
  if (files === undefined) byFeature.set(file.feature, [file]);
  else files.push(file);
}

/** Specifications first: tasks refer to them. */
function readFeature(
  files: readonly FeatureFile[],
  { desk, work, archive, isOnly }: { desk: Desk; work: WorkReading; archive: Archive; isOnly: boolean },
): void {
  const roles = Map.groupBy(files, ({ account, feature }) => roleOf(account.source.path, feature));
  const readAll = (specs: readonly FeatureFile[]): RequirementDraft[] =>
    specs.flatMap(({ account, feature, blocks }) =>
      readSpec(account, blocks, { diagnostics: desk.diagnostics, scope: scopeOf(feature) }),
    );
  const own = readAll(roles.get('spec') ?? []);
  const beside = roles.get('beside') ?? [];
  const requirements = own.length === 0 ? readAll(beside) : own;
  if (own.length > 0) for (const { account } of beside) passOver(account, 'stands beside a feature that has a specification');
  const stories = new StoryBook(requirements);
  add(work.requirements, requirements);
  for (const { account, feature, blocks } of roles.get('tasks') ?? []) {
    const context = { desk, scope: scopeOf(feature), prefix: isOnly ? '' : `${feature.name} · `, stories };
    const found = readTasks(account, blocks, context);
    archive.retire(feature.folder, found.tasks);
    add(work.tasks, found.tasks);
    add(work.requirements, found.requirements);
    add(work.edges, found.edges);
  }
  for (const { account, blocks } of [...(roles.get('checklist') ?? []), ...(roles.get('notes') ?? [])]) {
    add(work.requirements, readChecklist(account, blocks, desk));
  }
  for (const { account } of files) settleRest(account, desk);
}

/** A spread into `push` would overflow the stack where there are very many. */
function add<T>(to: T[], items: readonly T[]): void {
  for (const item of items) to.push(item);
}

const TITLE_PREFIX =
  /^(?:feature spec(?:ification)?(?: \d{1,4})?|specification|spec|tasks|implementation plan|plan|功能规格|功能規格|機能仕様書?|기능 명세서?)\s*[:：]\s*/i;

/** A bundle of one feature has its title; one of many has the name of the bundle. */
function titleOf(features: readonly FeatureFile[][], desk: Desk): Pick<Reading, 'title' | 'source'> | { folderName: string } {
  const [files, ...others] = features;
  if (files === undefined || others.length > 0) return { folderName: desk.bundle.name };
  const ranked = files.toSorted((a, b) => rankOf(a) - rankOf(b));
  for (const { account, blocks } of ranked) {
    const heading = blocks.find((block) => block.type === 'heading' && block.level === 1);
    if (heading?.type !== 'heading') continue;
    const title = plainText(heading.text.text).replace(TITLE_PREFIX, '');
    const [mark] = heading.text.marks;
    const source = { file: account.source.path, line: heading.line, column: mark?.column ?? 1, endLine: heading.endLine };
    if (title !== '') return { title, source };
  }
  return { folderName: desk.bundle.name };
}

function rankOf({ account, feature }: FeatureFile): number {
  return ['spec', 'beside', 'tasks', 'notes', 'checklist'].indexOf(roleOf(account.source.path, feature));
}
