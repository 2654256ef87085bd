import { counted, grouped, listed } from '../base/text.ts';
import type { DiagnosticList } from './diagnostic-list.ts';
import type { Desk } from './dialect.ts';
import type { LineAccount, PassedOver } from './line-account.ts';
import type { BundleFile } from './read-bundle.ts';
import { boxesAreNoTasks } from './work/marks.ts';

/** Names every file that is not read: those that are no text one by one, those that are passed over once for each folder and reason. */
export function reportUnread({ bundle, accounts, diagnostics }: Desk): void {
  const faulty = new Set<LineAccount>();
  for (const [index, file] of bundle.files.entries()) {
    const account = accounts[index];
    if (file.fault === undefined || account === undefined) continue;
    faulty.add(account);
    reportFault(file, account, diagnostics);
  }
  const passed = accounts.flatMap((account): Passed[] => {
    const { passedOver, source } = account;
    if (passedOver === undefined || source.lineCount === 0 || faulty.has(account)) return [];
    return [{ path: source.path, ...passedOver }];
  });
  const groups = Map.groupBy(passed, ({ path, why }) => `${topFolder(path)}\0${why}`);
  for (const group of groups.values()) reportPassed(group, diagnostics);
}

/** A file that would hold tasks must not vanish: only where its place alone says that it holds none, this is a mere note. */
function reportFault({ path, fault }: BundleFile, { passedOver }: LineAccount, diagnostics: DiagnosticList): void {
  if (fault === undefined) return;
  const at = { file: path, line: fault.line, column: 1 };
  const { message, hint = '' } = fault.error;
  if (passedOver === undefined || passedOver.byContent) {
    diagnostics.report('SPEC_FILE_UNREADABLE', at, { message: `${message} Nothing of this file is read.`, hint });
  } else diagnostics.report('SPEC_CONTEXT_UNREADABLE', at, { message: `${message} It ${passedOver.why}.`, hint });
}

interface Passed extends PassedOver {
  path: string;
}

const HINT = 'Move what is specification into the files of the specification.';
/** Names in the message; all of them are in the diagnostic. */
const SHOWN = 3;

function reportPassed(group: readonly Passed[], diagnostics: DiagnosticList): void {
  const [first] = group;
  if (first === undefined) return;
  const at = group.find(({ boxes }) => boxes.length > 0) ?? first;
  const boxes = group.reduce((sum, each) => sum + each.boxes.length, 0);
  const place = { file: at.path, line: at.boxes[0] ?? 1, column: 1 };
  if (group.length === 1) {
    const message = `${first.path} ${first.why}, and is not read as specification${boxes === 0 ? '' : `; ${boxesAreNoTasks(boxes)}`}.`;
    return diagnostics.report('SPEC_CONTEXT_FILE', place, { message, hint: HINT });
  }
  const files = group.map(({ path }) => path);
  const folder = topFolder(first.path);
  const head = `${counted(files.length, 'file')}${folder === '' ? '' : ` below ${folder}`} are not read as specification, since each ${first.why}`;
  const names =
    files.length <= SHOWN ? listed(files) : `${files.slice(0, SHOWN).join(', ')} and ${grouped(files.length - SHOWN)} more`;
  const message = `${head}: ${names}${boxes === 0 ? '' : `; ${boxesAreNoTasks(boxes, 'their')}`}.`;
  diagnostics.report('SPEC_CONTEXT_FILE', place, { message, hint: HINT, files });
}

function topFolder(path: string): string {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : '';
}
