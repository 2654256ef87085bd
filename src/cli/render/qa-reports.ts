import type { QaRunView } from '../../runtime/app/judging/qa-view.ts';
import { documentText } from '../document.ts';
import { jsonText } from '../printable.ts';
import { qaCtrf } from './qa-ctrf.ts';
import { qaJunit } from './qa-junit.ts';
import { qaSarif } from './qa-sarif.ts';

/** What a result can be told as to other programs. */
export const QA_FORMATS = {
  json: (view: QaRunView) => documentText(view),
  junit: (view: QaRunView) => qaJunit(view),
  ctrf: (view: QaRunView, version: string) => `${jsonText(qaCtrf(view, version))}\n`,
  sarif: (view: QaRunView, version: string) => `${jsonText(qaSarif(view, version))}\n`,
  stryker: (view: QaRunView) => `${jsonText(view.mutationReport ?? {})}\n`,
  intoto: (view: QaRunView) => `${jsonText(view.statement ?? {})}\n`,
} as const;

export type QaFormat = keyof typeof QA_FORMATS;
