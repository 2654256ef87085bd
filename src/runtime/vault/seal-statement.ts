import type { ContentStore } from './content-store.ts';
import type { StatementRecord } from './records.ts';
import type { StatementSigner } from './sign-statement.ts';
import type { Statement } from './statement.ts';

/** Signs and stores a statement; the answer is what the log is to say of it. */
export async function sealStatement(
  name: string,
  statement: Statement,
  { store, signer }: { store: Pick<ContentStore, 'put'>; signer: StatementSigner },
): Promise<StatementRecord> {
  const bundle = await store.put(await signer.sign(statement));
  return { name, predicateType: statement.predicateType, bundle, subjects: statement.subject.length };
}
