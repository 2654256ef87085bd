import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import type { ReportArtifact } from '../../runtime/report/model/report.ts';
import type { FileVerdict, ProofVerdict, StatementVerdict } from '../proof/verify-proof.ts';
import type { MissionModel } from '../state/mission-model.ts';
import { KeyPins } from './key-pins.tsx';
import { Copyable, Empty, Json, Link, StateBadge } from './parts.tsx';
import type { MissionPlace } from './route.ts';
import { bytesText, shownText } from './shown-text.ts';
import { useVerification } from './use-verification.ts';
import { UNCHECKED, VerificationLine } from './verification-line.tsx';

const MOST = 300;

/** What is proven about the product, checked here: nothing that the server says of it is taken for granted. */
export function EvidenceTab({ model, place }: { model: MissionModel; place: MissionPlace }): JSX.Element {
  const { report } = model;
  const verification = useVerification(report);
  const verdict = verification.state.kind === 'done' ? verification.state.verdict : undefined;
  return (
    <>
      <section
        class={`verdict v-${verdict === undefined ? 'pending' : verdict.holds ? 'pass' : 'fail'}`}
        aria-label="Verification"
      >
        <h2>Proof</h2>
        <VerificationLine verification={verification} place={place} />
        {verdict === undefined ? null : <Checked verdict={verdict} />}
        {verdict === undefined || verdict.failures.length === 0 ? null : <Failures failures={verdict.failures} />}
      </section>
      {verdict === undefined ? null : <KeyPins verdict={verdict} pins={verification.pins} onPin={verification.pin} />}
      <Statements model={model} verdict={verdict} isKeyless={verification.state.kind === 'keyless'} place={place} />
      <Files artifacts={report.artifacts} verdict={verdict} place={place} />
    </>
  );
}

function Checked({ verdict }: { verdict: ProofVerdict }): JSX.Element {
  const { head, statements, entries, files, gate } = verdict;
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
          ECDSA P-256 over DSSE
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

function Failures({ failures }: { failures: ProofVerdict['failures'] }): JSX.Element {
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

interface StatementsProps {
  model: MissionModel;
  verdict: ProofVerdict | undefined;
  isKeyless: boolean;
  place: MissionPlace;
}

function Statements({ model, verdict, isKeyless, place }: StatementsProps): JSX.Element {
  const { statements } = model.report;
  const byEntry = new Map(verdict?.statements.map((each) => [each.entry, each]));
  return (
    <>
      <h2>{statements.length} signed statements</h2>
      {statements.length === 0 ? <Empty>Nothing has been signed yet.</Empty> : null}
      <div class="sheet" hidden={statements.length === 0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Here</th>
              <th scope="col">Statement</th>
              <th scope="col">Says</th>
              <th scope="col" class="n">
                About
              </th>
              <th scope="col" class="n">
                Entry
              </th>
            </tr>
          </thead>
          <tbody>
            {statements.slice(0, MOST).map((statement) => (
              <StatementRow
                key={statement.entry}
                statement={statement}
                verdict={byEntry.get(statement.entry)}
                isVerified={verdict !== undefined}
                isKeyless={isKeyless}
                place={place}
              />
            ))}
          </tbody>
        </table>
      </div>
      {statements.length > MOST ? <p class="soft">and {statements.length - MOST} more, verified like these</p> : null}
    </>
  );
}

const SAYS: Readonly<Record<string, string>> = {
  'https://slsa.dev/provenance/v1': 'provenance',
  'https://in-toto.io/attestation/test-result/v0.1': 'test result',
  'https://slsa.dev/verification_summary/v1': 'gate summary',
  'https://cyclonedx.org/bom': 'bill of materials',
};

interface StatementRowProps {
  statement: MissionModel['report']['statements'][number];
  verdict: StatementVerdict | undefined;
  isVerified: boolean;
  isKeyless: boolean;
  place: MissionPlace;
}

function StatementRow({ statement, verdict, isVerified, isKeyless, place }: StatementRowProps): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const { entry, name, task, predicateType, subjects } = statement;
  const holds = verdict !== undefined && verdict.fault === null;
  return (
    <>
      <tr class={isOpen ? 'chosen' : undefined}>
        <td>
          {isVerified ? (
            <StateBadge state={holds ? 'pass' : 'fail'} word={holds ? 'verified' : 'refused'} />
          ) : isKeyless ? (
            <StateBadge state="waiting" word={UNCHECKED} />
          ) : (
            <span class="soft">–</span>
          )}
        </td>
        <th scope="row">
          <button
            type="button"
            class="plain"
            aria-expanded={isOpen}
            disabled={verdict?.statement == null}
            onClick={() => setOpen(!isOpen)}
          >
            {shownText(name, 120)}
          </button>
          {verdict?.fault == null ? null : <span class="why">{shownText(verdict.fault)}</span>}
        </th>
        <td title={predicateType}>
          {SAYS[predicateType] ?? <code>{shownText(predicateType, 60)}</code>}
          {task === null ? null : (
            <>
              {' '}
              <Link to={{ ...place, task }} class="soft">
                {shownText(task, 60)}
              </Link>
            </>
          )}
        </td>
        <td class="n">{subjects}</td>
        <td class="n">{entry}</td>
      </tr>
      {isOpen && verdict?.statement != null ? (
        <tr class="detail">
          <td colSpan={5}>
            <p class="soft">
              Signed by <code>{verdict.signer}</code>
            </p>
            <Json
              value={{ predicateType, subject: verdict.statement.subjects.slice(0, 50), predicate: verdict.statement.predicate }}
            />
          </td>
        </tr>
      ) : null}
    </>
  );
}

function Files({
  artifacts,
  verdict,
  place,
}: {
  artifacts: readonly ReportArtifact[];
  verdict: ProofVerdict | undefined;
  place: MissionPlace;
}): JSX.Element {
  const [most, setMost] = useState(MOST);
  const byPath = new Map(verdict?.files.map((file) => [file.path, file]));
  return (
    <>
      <h2>{artifacts.length} files</h2>
      <div class="sheet" hidden={artifacts.length === 0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Here</th>
              <th scope="col">File</th>
              <th scope="col">By</th>
              <th scope="col">Tests</th>
              <th scope="col" class="n">
                Covered
              </th>
              <th scope="col" class="n">
                Size
              </th>
              <th scope="col">SHA-256</th>
            </tr>
          </thead>
          <tbody>
            {artifacts.slice(0, most).map((artifact) => (
              <FileRow key={artifact.artifactId} artifact={artifact} verdict={byPath.get(artifact.path)} place={place} />
            ))}
          </tbody>
        </table>
      </div>
      {artifacts.length > most ? (
        <button type="button" onClick={() => setMost(most + MOST)}>
          Show {Math.min(MOST, artifacts.length - most)} more
        </button>
      ) : null}
    </>
  );
}

function FileRow({
  artifact,
  verdict,
  place,
}: {
  artifact: ReportArtifact;
  verdict: FileVerdict | undefined;
  place: MissionPlace;
}): JSX.Element {
  const { path, task, validation, coverage, size, checksum } = artifact;
  return (
    <tr>
      <td title={verdict?.provenBy.join(', ')}>
        {verdict === undefined ? (
          <span class="soft">–</span>
        ) : (
          <StateBadge state={verdict.fault === null ? 'pass' : 'fail'} word={verdict.fault === null ? 'verified' : 'refused'} />
        )}
      </td>
      <th scope="row">
        <code>{shownText(path, 160)}</code>
        {verdict?.fault == null ? null : <span class="why">{verdict.fault}</span>}
      </th>
      <td>
        <Link to={{ ...place, task }}>{shownText(task, 60)}</Link>
      </td>
      <td>{validation === null ? <span class="soft">–</span> : <StateBadge state={validation} />}</td>
      <td class="n">{coverage === null ? <span class="soft">–</span> : `${Math.round(coverage * 100)} %`}</td>
      <td class="n">{bytesText(size)}</td>
      <td>
        <Copyable text={checksum} shown={checksum.slice(7, 19)} what="digest" />
      </td>
    </tr>
  );
}
