import type { JSX } from 'preact';

import type { ProofVerdict } from '../../proof/proof-verdict.ts';
import { Copyable, StateBadge } from '../parts/parts.tsx';
import { shownText } from '../parts/shown-text.ts';

/** What was checked, and how much of it held. */
export function CheckedProof({ verdict }: { verdict: ProofVerdict }): JSX.Element {
  const { head, keys, statements, entries, files, gate } = verdict;
  const good = (list: readonly { fault: string | null }[]): string =>
    `${list.filter(({ fault }) => fault === null).length} of ${list.length}`;
  return (
    <>
      <dl class="pairs checked">
        <dt>Checkpoint of the log</dt>
        <dd>
          {head === null ? (
            <StateBadge state="fail" word="not signed by the key" />
          ) : (
            <>
              <StateBadge state="pass" word="Ed25519" /> {head.size} entries, root{' '}
              <Copyable text={head.root} shown={`${head.root.slice(0, 20)}…`} what="root hash" />
            </>
          )}
        </dd>
        <dt>Signatures</dt>
        <dd>
          <StateBadge
            state={statements.every(({ fault }) => fault === null) ? 'pass' : 'fail'}
            word={`${good(statements)} statements`}
          />{' '}
          {keys.some(({ use }) => use === 'root')
            ? 'DSSE; certificates with their chain, their own log, a transparency log and the time'
            : 'ECDSA P-256 over DSSE'}
        </dd>
        <dt>Places in the log</dt>
        <dd>
          <StateBadge
            state={entries.every(({ fault }) => fault === null) ? 'pass' : 'fail'}
            word={`${good([...statements, ...entries])} entries`}
          />{' '}
          RFC 6962 inclusion under the checkpoint
        </dd>
        <dt>Product</dt>
        <dd>
          <StateBadge state={files.every(({ fault }) => fault === null) ? 'pass' : 'fail'} word={`${good(files)} files`} />{' '}
          SHA-256, each with provenance
        </dd>
        <dt>Gate</dt>
        <dd>
          <StateBadge state={gate.fault === null ? gate.result : 'fail'} word={gate.fault ?? gate.result} /> as the log has it,
          and as it was signed
        </dd>
      </dl>
      <p class="soft small">
        Checked with WebCrypto in this page. <code>spec-kit verify</code> checks more: every entry against the tiles of the tree,
        and the gate's decision anew.
      </p>
    </>
  );
}

export function ProofFailures({ failures }: { failures: ProofVerdict['failures'] }): JSX.Element {
  return (
    <ul class="reasons" role="alert">
      {failures.slice(0, 50).map(({ subject, message }, at) => (
        <li key={at}>
          <code>{shownText(subject, 200)}</code> {shownText(message)}
        </li>
      ))}
    </ul>
  );
}
