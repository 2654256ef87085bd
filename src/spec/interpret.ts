import { listed } from '../base/text.ts';
import { DiagnosticList } from './diagnostic-list.ts';
import type { Desk, Dialect, Reading } from './dialect.ts';
import { backlog } from './dialects/backlog/backlog.ts';
import { CLAIMS } from './dialects/claims.ts';
import { beads } from './dialects/beads/beads.ts';
import { kiro } from './dialects/kiro/kiro.ts';
import { bmad } from './dialects/bmad/bmad.ts';
import { gsd } from './dialects/gsd/gsd.ts';
import { native } from './dialects/native/native.ts';
import { openspec } from './dialects/openspec/openspec.ts';
import { taskmaster } from './dialects/taskmaster/taskmaster.ts';
import { speckit } from './dialects/speckit/speckit.ts';
import { speckitty } from './dialects/speckitty/speckitty.ts';
import { fileSlug } from './file-slug.ts';
import { coverageOf, LineAccount } from './line-account.ts';
import { plainText } from './markdown/passage.ts';
import type { Element, Specification } from './model.ts';
import { specificationDigest } from './specification-digest.ts';
import { noDialect } from './open-bundle.ts';
import type { Bundle } from './read-bundle.ts';
import { reportUnread } from './report-unread.ts';
import { settleNames } from './settle-names.ts';
import { lineText, sourceText } from './source-text.ts';
import { settleWork } from './work/settle-work.ts';

/** Asked in this order; the native dialect reads whatever no other one recognises. */
const DIALECTS: readonly Dialect[] = [openspec, kiro, speckitty, speckit, taskmaster, backlog, beads, gsd, bmad, native];

export interface InterpretOptions {
  /** Name of the dialect to read as, whatever the bundle looks like. */
  dialect?: string;
}

/** Reads a bundle. Whatever is wrong with it is a diagnostic; only a reference that leaves the bundle throws (`BUNDLE_ESCAPE`). */
export async function interpret(bundle: Bundle, { dialect: forced }: InterpretOptions = {}): Promise<Specification> {
  const { dialect, desk, reading } = await (forced === undefined ? detect(bundle) : readAs(dialectNamed(forced), bundle));
  const work = reading.work === undefined ? undefined : settleWork(reading.work, desk.diagnostics);
  const settled = await settleElements(reading, desk.diagnostics);
  const elements = inSourceOrder([...settled, ...(work?.elements ?? [])], work && bundle);
  const identity = identityOf(reading, desk);
  reportUnread(desk);
  reportLeftovers(elements, desk);
  const lines = desk.accounts.flatMap((account) => account.runs(work?.ids));
  return {
    ...identity,
    dialect: dialect.name,
    source: reading.source,
    digest: specificationDigest({ ...identity, elements }),
    elements,
    diagnostics: desk.diagnostics.sorted(bundle.files.map((file) => file.path)),
    coverage: coverageOf(desk.accounts, lines, {
      elements: elements.length,
      unreadableFiles: bundle.files.filter(({ fault }) => fault !== undefined).length,
    }),
    lines,
  };
}

/** A bundle as one dialect reads it. */
interface ReadAs {
  dialect: Dialect;
  desk: Desk;
  reading: Reading;
}

async function readAs(dialect: Dialect, bundle: Bundle): Promise<ReadAs> {
  const desk: Desk = {
    bundle,
    accounts: bundle.files.map((file) => new LineAccount(sourceText(file))),
    diagnostics: new DiagnosticList(),
  };
  return { dialect, desk, reading: await dialect.read(desk) };
}

/** The first dialect that finds its own; but one that finds no task in it gives way to one that does. */
async function detect(bundle: Bundle): Promise<ReadAs> {
  const [first = native, ...others] = homeFirst(
    DIALECTS.filter((dialect) => dialect.recognises(bundle)),
    bundle,
  );
  const found = await readAs(first, bundle);
  const chosen = hasTasks(found) ? found : ((await firstWithTasks(others, bundle)) ?? found);
  reportOthers(
    chosen,
    [first, ...others].filter((dialect) => dialect !== chosen.dialect),
  );
  return chosen;
}

async function firstWithTasks(dialects: readonly Dialect[], bundle: Bundle): Promise<ReadAs | undefined> {
  for (const dialect of dialects) {
    const found = dialect === native ? undefined : await readAs(dialect, bundle);
    if (found !== undefined && hasTasks(found)) return found;
  }
  return undefined;
}

/** Or would have, if its files could be read. */
function hasTasks({ reading, desk }: ReadAs): boolean {
  return reading.work === undefined || reading.work.tasks.length > 0 || desk.diagnostics.has('SPEC_DOCUMENT_INVALID');
}

function reportOthers({ dialect: chosen, desk: { bundle, diagnostics } }: ReadAs, others: readonly Dialect[]): void {
  const rest = withoutOwn(bundle, chosen);
  const further = others
    .filter((dialect) => dialect !== native && rest.files.length > 0 && dialect.recognises(rest))
    .map((dialect) => dialect.name);
  if (further.length === 0) return;
  const at = { file: bundle.files[0]?.path ?? '', line: 1, column: 1 };
  const message = `The bundle is read as ${chosen.name}; it holds files of ${listed(further)} too, which are not read.`;
  const hint = `Name the folder you mean, or say \`--dialect ${further[0] ?? ''}\`.`;
  diagnostics.report('SPEC_DIALECT_MIXED', at, { message, hint });
}

/** Dialects whose own folder stands nearest to the root go first; those that only see files like theirs, in an archive perhaps, last. */
function homeFirst(found: readonly Dialect[], { files }: Bundle): Dialect[] {
  if (found.length < 3) return [...found];
  const depths = new Map(
    found.map(({ name }) => [name, files.reduce((least, { path }) => Math.min(least, homeDepth(name, path)), Infinity)]),
  );
  const depthOf = ({ name }: Dialect): number => depths.get(name) ?? Infinity;
  return found.toSorted((a, b) => (depthOf(a) === depthOf(b) ? 0 : depthOf(a) - depthOf(b)));
}

/** How many folders stand above the one that makes a path a dialect's own; without end if it is not. */
function homeDepth(dialect: string, path: string): number {
  const parts = path.split('/');
  const depth = parts.findLastIndex((_, index) => CLAIMS.get(dialect)?.(parts.slice(index).join('/')) === true);
  return depth === -1 ? Infinity : depth;
}

/** The files that a dialect does not know for its own: what others see in its own files is no second dialect. */
function withoutOwn(bundle: Bundle, dialect: Dialect): Bundle {
  const owns = dialect.owns?.(bundle);
  const isOwn = (path: string): boolean => CLAIMS.get(dialect.name)?.(path) === true || owns?.(path) === true;
  return { ...bundle, files: bundle.files.filter(({ path }) => !isOwn(path)) };
}

function dialectNamed(name: string): Dialect {
  const found = DIALECTS.find((dialect) => dialect.name === name);
  if (found === undefined) throw noDialect(name);
  return found;
}

/** Elements of dialects that hand over tasks apart, put back among the others where they stand. */
function inSourceOrder(elements: Element[], bundle: Bundle | undefined): Element[] {
  if (bundle === undefined) return elements;
  const rank = new Map(bundle.files.map((file, index) => [file.path, index]));
  const rankOf = ({ source }: Element): number => rank.get(source.file) ?? rank.size;
  return elements.toSorted((a, b) => rankOf(a) - rankOf(b) || a.source.line - b.source.line || a.source.column - b.source.column);
}

/** Elements with the ids they keep. Contracts are settled where there are any: it takes the notation and all that checks schemas. */
async function settleElements(reading: Reading, diagnostics: DiagnosticList): Promise<Element[]> {
  const drafts = settleNames(reading.drafts, diagnostics, reading);
  const others = drafts.filter((draft) => draft.kind !== 'contract');
  if (others.length === drafts.length) return others;
  const { settleContracts } = await import('./contracts/settle-contracts.ts');
  return settleContracts(drafts, reading, diagnostics);
}

/** Words that say that a specification is one; they name nothing. */
const GENERIC = /(?:\s*\([^()]{0,40}\)|\s+(?:technical|functional|product|software|system|final|draft|specification|spec))$/i;

function identityOf(reading: Reading, desk: Desk): Pick<Specification, 'id' | 'title' | 'untitled' | 'version'> {
  const own = plainText(reading.title ?? '');
  const title = own || plainText(reading.folderName ?? '') || desk.bundle.name;
  if (reading.title === undefined && reading.folderName === undefined) {
    const hint = 'Begin the file with `# Name of the product`.';
    desk.diagnostics.report('SPEC_TITLE_MISSING', reading.source, {
      message: `There is no title; the bundle is called ${title}.`,
      hint,
    });
  }
  const idOf = (name: string): string => fileSlug(reading.id ?? withoutGenericWords(name));
  return {
    id: idOf(title),
    title,
    ...(own === '' && { untitled: { id: idOf(UNTITLED), title: UNTITLED } }),
    ...(reading.version !== undefined && { version: reading.version }),
  };
}

const UNTITLED = 'untitled';

/** `Shop Technical Specification (Draft)` is about `Shop`. */
function withoutGenericWords(title: string): string {
  let name = title;
  for (let next = name.replace(GENERIC, ''); next !== name && next.trim() !== ''; next = name.replace(GENERIC, '')) name = next;
  return name;
}

/** Names every line and checkbox that nobody has spoken for, and a bundle that says nothing. */
function reportLeftovers(elements: readonly Element[], { accounts, diagnostics, bundle }: Desk): void {
  if (elements.length === 0 && !diagnostics.has('SPEC_EXPORT_MISSING')) {
    const at = { file: bundle.files[0]?.path ?? '', line: 1, column: 1 };
    const hint =
      'Write bullets such as `- Component: Name` and `- Contract: Name` under `## ` headings; see docs/native-dialect.md.';
    diagnostics.report('SPEC_EMPTY', at, {
      message: 'The bundle specifies nothing: there is no component, contract, integration, control or task.',
      hint,
    });
  }
  for (const account of accounts) {
    for (const line of account.openCheckboxes()) {
      account.settleCheckbox(line, 'diagnostic');
      const column = lineText(account.source, line).indexOf('[') + 1;
      const message = 'This checkbox is in a place where it is no task.';
      diagnostics.report(
        'SPEC_CHECKBOX_IGNORED',
        { file: account.source.path, line, column },
        { message, hint: 'Make it a bullet of its own, with a blank line before the list.' },
      );
    }
  }
}
