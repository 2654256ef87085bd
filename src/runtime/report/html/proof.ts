import type { Report, ReportProof } from '../model/report.ts';
import { clipped, html, type Markup } from './markup.ts';

/** A leaf may have 64 KiB. */
const MAX_LEAF = 6000;
const MOST_KEYS = 20;

/** What all of it can be held against, by whoever does not want to believe this page. */
export function proofSection({ proof, mission }: Report): Markup {
  return html`<section id="proof" aria-labelledby="proof-h">
    <h2 id="proof-h">Proof</h2>
    <p class="lead">This page is a drawing of the log, and is itself not signed. What it says can be checked without it:</p>
    <pre class="commands">
spec-kit verify ${mission.id}
spec-kit evidence export ${mission.id} --out proof
spec-kit verify proof --key signing.pub --key log.pub</pre>
    <p>
      The first command verifies signatures, digests and inclusion in the workspace; the second writes a folder that the third
      verifies on any machine, offline. Take the public keys from somebody you trust, not from the folder.
    </p>
    ${checkpoint(proof)} ${keys(proof)} ${entries(proof)}
  </section>`;
}

function checkpoint({ checkpoint: head, seal }: ReportProof): Markup {
  if (head === null) return html`<p>Nothing is signed yet.</p>`;
  const sealed = html`<p>
    The mission's last entry seals its ${seal?.count ?? 0} statements; the digest of their list is
    <code class="digest">${seal?.digest ?? ''}</code>.
  </p>`;
  return html`<h3>Checkpoint</h3>
    <p>The first signed head of the log that covers this mission: ${head.size} entries (C2SP tlog-checkpoint).</p>
    <pre>${clipped(head.note, 4000)}</pre>
    ${seal === null ? null : sealed}`;
}

function keys({ keys: { log, signing } }: ReportProof): Markup {
  const none = html`<i>not in the workspace</i>`;
  return html`<h3>Keys</h3>
    <dl class="pairs">
      <div>
        <dt>Log, Ed25519</dt>
        <dd>${log === null ? none : html`<code class="digest">${clipped(log, 500)}</code>`}</dd>
      </div>
      <div>
        <dt>Statements, ECDSA P-256</dt>
        <dd>
          ${signing.length === 0 ? none : signing.slice(0, MOST_KEYS).map((key) => html`<code class="digest">${key}</code> `)}
        </dd>
      </div>
    </dl>`;
}

function entries({ entries: all }: ReportProof): Markup | null {
  if (all.length === 0) return null;
  return html`<h3>Entries with their proofs</h3>
    <p>As the tree hashes them, each with its inclusion proof against the checkpoint above (C2SP tlog-proof).</p>
    ${all.map(
      ({ entry, kind, leaf, proof }) =>
        html`<details>
          <summary>Entry ${entry} <span>${kind}</span></summary>
          <h4>Entry</h4>
          <pre>${leaf.length > MAX_LEAF ? `${leaf.length} characters: spec-kit ledger prove ${entry} --json` : leaf}</pre>
          <h4>Proof</h4>
          <pre>${clipped(proof, 8000)}</pre>
        </details>`,
    )}`;
}
