import { sha256 } from '../../../base/digest.ts';
import type { Specification } from '../../../spec/model.ts';
import type { Reading } from '../../mission/records.ts';
import { qaVersion } from '../../qa/version.ts';
import type { ContentStore } from '../../vault/content-store.ts';
import { GATE_POLICY } from '../../vault/gate.ts';
import { COMPILER_VERSION } from '../../workspace/compiler/version.ts';
import type { MissionTerms } from '../apply/mission-terms.ts';
import type { Source } from './open-source.ts';
import type { ApplyInput } from '../operations.ts';
import { programId } from '../apply/program-id.ts';

/** What `apply` says of the source beside the mission. */
export type ReadingNotes = Pick<Specification, 'coverage' | 'diagnostics'>;

/**
 * Digest of everything that decides which tasks `apply` makes of a source and who does them in what version: with equal ones it would make the same again.
 * Undefined where that cannot be told from what was read. The commit that a mission starts from, and what its gate asks, are on record by themselves.
 */
export function readingInputs({ source, terms }: Read, input: ApplyInput): Reading['inputs'] | undefined {
  const { agent, policy, qa, signing } = terms;
  // An agent that is a program goes by profiles of the workspace and by the walls that there are.
  if (agent.name === 'hosted') return undefined;
  const { bundle, config } = source;
  const { dialect, strict = false, only = [], requireApproval = [] } = input;
  return sha256(
    JSON.stringify({
      program: [programId(), COMPILER_VERSION, qaVersion(), GATE_POLICY],
      bundle: [bundle.root, bundle.name, bundle.files.map(({ path, text, fault }) => [path, text, fault?.error.message ?? null])],
      config: config === undefined ? null : [config.path, config.folder, config.text],
      options: [dialect ?? null, strict, only, requireApproval],
      agent: agent.name === 'script' ? agent.text : null,
      terms: [policy?.digest ?? null, qa?.setting ?? null, signing?.services ?? null],
    }),
  );
}

interface Read {
  source: Pick<Source, 'bundle' | 'config'>;
  terms: Pick<MissionTerms, 'agent' | 'policy' | 'qa' | 'signing'>;
}

/** Puts what was said of the source into the store, so that it can be said again. */
export async function keepReading(
  inputs: Reading['inputs'] | undefined,
  { coverage, diagnostics }: ReadingNotes,
  store: ContentStore,
): Promise<Reading | undefined> {
  if (inputs === undefined) return undefined;
  return { inputs, notes: await store.put(Buffer.from(JSON.stringify({ coverage, diagnostics }))) };
}

/** What `keepReading` kept. Throws `NOT_FOUND` or `STORE_CORRUPT`. */
export function readNotes(digest: Reading['notes'], store: Pick<ContentStore, 'get'>): ReadingNotes {
  return JSON.parse(Buffer.from(store.get(digest)).toString('utf8')) as ReadingNotes;
}
