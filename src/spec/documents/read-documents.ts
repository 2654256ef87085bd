import type { Desk, Draft } from '../dialect.ts';
import type { LineAccount } from '../line-account.ts';

/** Reads files that may be contracts beside what a dialect has of its own. Most bundles have none, and do without what reads them. */
export async function readDocuments(accounts: readonly LineAccount[], desk: Desk): Promise<Draft[]> {
  if (accounts.length === 0) return [];
  const { readDocument } = await import('./read-document.ts');
  return accounts.flatMap((account) => readDocument(account, desk));
}
