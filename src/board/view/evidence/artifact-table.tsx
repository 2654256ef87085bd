import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import type { ReportArtifact } from '../../../runtime/report/model/report.ts';
import type { FileVerdict, ProofVerdict } from '../../proof/proof-verdict.ts';
import { Copyable, Link, StateBadge } from '../parts/parts.tsx';
import type { MissionPlace } from '../shell/route.ts';
import { bytesText, shownText } from '../parts/shown-text.ts';

const MOST = 300;

/** The files of the product, each with what this browser found of it. */
export function ArtifactTable({
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
              <ArtifactRow key={artifact.artifactId} artifact={artifact} verdict={byPath.get(artifact.path)} place={place} />
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

function ArtifactRow({
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
