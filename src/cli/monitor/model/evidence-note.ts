import { isJsonObject } from '../../../base/json.ts';
import type { LogLine } from '../../../runtime/app/views.ts';
import { oneLine } from '../../printable.ts';
import type { EvidenceNote } from './monitor-task.ts';

/** What an entry says of evidence; undefined if it says nothing of it that can be read. */
export function evidenceOf({ entry, data }: LogLine): EvidenceNote | undefined {
  const { path, evidence, name, predicateType, report } = data;
  if (entry === 'artifact.recorded' && typeof path === 'string') {
    const checksum = isJsonObject(evidence) ? evidence['checksum'] : undefined;
    return note('artifact', path, checksum);
  }
  if (entry === 'statement.recorded' && typeof name === 'string') return note('statement', name, predicateType);
  if (entry === 'validation.recorded' && isJsonObject(report)) {
    return note(
      'validation',
      textOf(report['suite']) || textOf(report['artifactId']),
      resultOf(report['result'], report['coverage']),
    );
  }
  return undefined;
}

function note(kind: EvidenceNote['kind'], name: string, detail: unknown): EvidenceNote {
  return { kind, name: oneLine(name), detail: oneLine(textOf(detail)) };
}

function resultOf(result: unknown, coverage: unknown): string {
  return `${textOf(result)}${typeof coverage === 'number' ? `, ${Math.round(coverage * 100)} % covered` : ''}`;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
