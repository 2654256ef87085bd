import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

import type { Bytes } from '../../src/board/proof/bytes.ts';
import { NO_PINS, type Pins } from '../../src/board/proof/pins.ts';
import type { ProofVerdict } from '../../src/board/proof/proof-verdict.ts';
import { type ProofInput, verifyProof } from '../../src/board/proof/verify-proof.ts';
import { formatProof } from '../../src/runtime/log/proof.ts';
import { exportMission } from '../../src/runtime/vault/export-mission.ts';
import { MISSION, openWorkspace, runMission, type Variation, type Workspace } from '../runtime/vault/sample-mission.ts';

/** A real export, as a browser gets it. */
export class SampleProof {
  readonly workspace: Workspace;
  readonly files: ReadonlyMap<string, Bytes>;
  readonly entries: ProofInput['entries'];

  private constructor(workspace: Workspace, files: ReadonlyMap<string, Bytes>, entries: ProofInput['entries']) {
    this.workspace = workspace;
    this.files = files;
    this.entries = entries;
  }

  /** `keyless`: who signs in place of the key, the list of files too, and under which root. */
  static async open(variation: Variation = {}, keyless?: Required<Pick<Workspace, 'signer' | 'roots'>>): Promise<SampleProof> {
    const workspace = { ...(await openWorkspace()), ...keyless };
    const noise = async (length: number): Promise<unknown> =>
      workspace.log.append(Array.from({ length }, (_, at) => ({ kind: 'noise.made', data: { at } })));
    await noise(270);
    await runMission(workspace, variation);
    await noise(7);
    const dir = join(workspace.dir, 'export');
    await exportMission(keyless === undefined ? workspace : { ...workspace, signingKey: undefined }, MISSION, dir);
    return new SampleProof(workspace, filesBelow(dir), entriesOf(workspace));
  }

  /** What the browser makes of it, with these files in place of the true ones; `null` takes one away. */
  async verify({ files = {}, entries = this.entries, pins = {}, by = verifyProof }: Changes = {}): Promise<ProofVerdict> {
    const changed = new Map(this.files);
    for (const [path, bytes] of Object.entries(files)) {
      if (bytes === null) changed.delete(path);
      else changed.set(path, bytes);
    }
    return by({ mission: MISSION, files: changed, entries, pins: { ...NO_PINS, ...pins } });
  }

  bytes(path: string): Bytes {
    const bytes = this.files.get(path);
    if (bytes === undefined) throw new Error(`no ${path} among ${[...this.files.keys()].join(', ')}`);
    return bytes;
  }

  text(path: string): string {
    return new TextDecoder().decode(this.bytes(path));
  }

  [Symbol.dispose](): void {
    this.workspace[Symbol.dispose]();
  }
}

interface Changes {
  files?: Readonly<Record<string, Bytes | null>>;
  entries?: ProofInput['entries'];
  pins?: Partial<Pins>;
  /** `verifyProof`, as it was loaded. */
  by?: typeof verifyProof;
}

function filesBelow(dir: string): Map<string, Bytes> {
  const entries = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    entries.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [relative(dir, path).split(sep).join('/'), new Uint8Array(readFileSync(path))];
    }),
  );
}

/** As a mission's report has them. */
function entriesOf({ log }: Workspace): ProofInput['entries'] {
  const size = log.checkpoint()?.size ?? 0;
  return [...log.entries({ mission: MISSION })]
    .filter(({ kind }) => ['mission.created', 'gate.decided', 'mission.finished'].includes(kind))
    .map(({ seq, kind }) => ({
      entry: seq,
      kind,
      leaf: log.leafBody(seq).toString('utf8'),
      proof: formatProof(log.prove(seq, size)),
    }));
}
