import { isMap, isScalar, isSeq, type YAMLMap } from 'yaml';

import { readYaml } from '../../documents/read-yaml.ts';

import { messageOf } from '../../../base/errors.ts';
import type { Desk } from '../../dialect.ts';
import type { LineAccount } from '../../line-account.ts';
import type { SourceSpan } from '../../model.ts';
import { placeAt } from '../../source-text.ts';
import type { PackageFacts, Said } from './package-facts.ts';

/** Reads `wps.yaml`, which has the last word on the work packages of a mission. */
export function readManifest(account: LineAccount, desk: Desk): PackageFacts[] {
  const { source } = account;
  account.mark({ line: 1, endLine: source.lineCount }, 'document');
  try {
    const { contents, fault } = readYaml(source.text, { uniqueKeys: false });
    if (fault !== undefined) reportFault(account, { fault: fault.message, offset: fault.offset }, desk);
    const list = isMap(contents) ? contents.get('work_packages') : contents;
    return isSeq(list) ? list.items.flatMap((item) => (isMap(item) ? factsOf(item, account) : [])) : [];
  } catch (error) {
    reportFault(account, { fault: messageOf(error), offset: 0 }, desk);
    return [];
  }
}

function reportFault({ source }: LineAccount, { fault, offset }: { fault: string; offset: number }, { diagnostics }: Desk): void {
  const message = `${source.path}: ${fault.split('\n', 1)[0] ?? ''}`;
  const hint = 'Correct it: the order of the work packages is taken from it.';
  diagnostics.report('SPEC_DOCUMENT_INVALID', placeAt(source, Math.min(offset, source.text.length)), { message, hint });
}

function factsOf(item: YAMLMap, account: LineAccount): PackageFacts[] {
  const list = (key: string): readonly Said[] | undefined => saidIn(item.get(key, true), account);
  const [id] = list('id') ?? [];
  if (id === undefined) return [];
  const facts: PackageFacts = { id: id.text, at: spanOf(item, account) };
  const [title] = list('title') ?? [];
  const writes = list('owned_files')?.map(({ text }) => text);
  const known = { dependencies: list('dependencies'), requirements: list('requirement_refs'), subTasks: list('subtasks') };
  if (title !== undefined) facts.title = title.text;
  if (writes !== undefined) facts.writes = writes;
  return [{ ...facts, ...Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)) }];
}

/** The scalars of a list, or the one there is; undefined where the key is missing. */
function saidIn(node: unknown, account: LineAccount): readonly Said[] | undefined {
  if (node === undefined || node === null) return undefined;
  if (!isSeq(node)) return isScalar(node) ? saidOf(node, account) : undefined;
  return node.items.flatMap((each) => (isScalar(each) ? saidOf(each, account) : []));
}

function saidOf(node: { value: unknown; range?: readonly number[] | null | undefined }, account: LineAccount): Said[] {
  const text = typeof node.value === 'string' || typeof node.value === 'number' ? String(node.value).trim() : '';
  return text === '' ? [] : [{ text, at: spanOf(node, account) }];
}

function spanOf({ range }: { range?: readonly number[] | null | undefined }, { source }: LineAccount): SourceSpan {
  const [start = 0, end = start] = range ?? [];
  const last = source.text.slice(start, end).trimEnd().length;
  return { ...placeAt(source, start), endLine: placeAt(source, start + Math.max(0, last - 1)).line };
}
