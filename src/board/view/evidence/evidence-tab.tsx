import type { JSX } from 'preact';

import type { MissionModel } from '../../state/mission-model.ts';
import { ArtifactTable } from './artifact-table.tsx';
import { CheckedProof, ProofFailures } from './checked-proof.tsx';
import { KeyPins } from './key-pins.tsx';
import type { MissionPlace } from '../shell/route.ts';
import { StatementTable } from './statement-table.tsx';
import { useVerification } from './use-verification.ts';
import { VerificationLine } from './verification-line.tsx';

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
        {verdict === undefined ? null : <CheckedProof verdict={verdict} />}
        {verdict === undefined || verdict.failures.length === 0 ? null : <ProofFailures failures={verdict.failures} />}
      </section>
      {verdict === undefined ? null : <KeyPins verdict={verdict} pins={verification.pins} onPin={verification.pin} />}
      <StatementTable model={model} verdict={verdict} isUnchecked={verification.state.kind === 'unchecked'} place={place} />
      <ArtifactTable artifacts={report.artifacts} verdict={verdict} place={place} />
    </>
  );
}
