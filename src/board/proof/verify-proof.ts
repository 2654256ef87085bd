import { verifyBundle, type VerifiedStatement } from './bundle.ts';
import { type Bytes, bytesOf, digestOf, textOf, toBase64 } from './bytes.ts';
import { canonicalJson } from './canonical-json.ts';
import { isSameHead, type VerifiedHead, verifyCheckpoint } from './checkpoint.ts';
import { verifyInclusion } from './inclusion.ts';
import { type LogKey, readLogKey, readSigningKey, type SigningKey } from './keys.ts';
import type { CertifiedStatements } from './keyless/certified-statements.ts';
import { type Pins, trustOf } from './pins.ts';
import type { EntryVerdict, FileVerdict, KeyUse, ProofVerdict, StatementVerdict } from './proof-verdict.ts';
import { jsonIn, Refusal, refuse, Unchecked } from './refusal.ts';

export interface ProofInput {
  mission: string;
  files: ReadonlyMap<string, Bytes>;
  /** The mission's first entry, its gate's and its last, with their inclusion proofs, as its report has them. */
  entries: readonly { entry: number; kind: string; leaf: string; proof: string }[];
  pins: Pins;
  onProgress?: (done: number, total: number) => void;
}

const PROVENANCE = 'https://slsa.dev/provenance/v1';
const SUMMARY = 'https://slsa.dev/verification_summary/v1';
const EXPORT = 'https://agentnexus.dev/attestations/export/v0.1';
const MANIFEST = 'export.sigstore.json';
const SUMS = 'SHA256SUMS';

const SIGNING_KEY = /^keys\/signing(?:-[0-9a-f]{16})?\.pub$/;
const TRUSTED_ROOT = /^keys\/trusted-root-([0-9a-f]{16})\.json$/;

/** Whether it is signed by a short-lived certificate rather than by a key. */
function isCertified(bundle: Bytes): boolean {
  const { verificationMaterial } = (jsonIn(textOf(bundle), 'the bundle') ?? {}) as { verificationMaterial?: object | null };
  return typeof verificationMaterial === 'object' && verificationMaterial !== null && !('publicKey' in verificationMaterial);
}

/**
 * Checks the proof of a mission. It never throws for what is in the proof: what does not hold is among `failures`. Throws `Unchecked` where certificates sign, and what
 * they count under is not there.
 */
export async function verifyProof(input: ProofInput): Promise<ProofVerdict> {
  const check = new ProofCheck(input);
  await check.run();
  return check.verdict();
}

class ProofCheck {
  readonly #input: ProofInput;
  readonly #failures: ProofVerdict['failures'] = [];
  readonly #keys: ProofVerdict['keys'] = [];
  readonly #signing: SigningKey[] = [];
  readonly #roots: string[] = [];
  #certified: Promise<CertifiedStatements> | undefined;
  readonly #statements: StatementVerdict[] = [];
  readonly #entries: EntryVerdict[] = [];
  #files: FileVerdict[] = [];
  #log: LogKey | undefined;
  #head: VerifiedHead | undefined;
  #gate: ProofVerdict['gate'] = { result: 'none', fault: null };

  constructor(input: ProofInput) {
    this.#input = input;
  }

  async run(): Promise<void> {
    await this.#readKeys();
    await this.#try('log/checkpoint', async () => {
      this.#head = await verifyCheckpoint(this.#text('log/checkpoint'), this.#log ?? refuse('there is no usable key of the log'));
    });
    await this.#try(MANIFEST, async () => this.#checkManifest());
    await this.#checkStatements();
    for (const each of this.#input.entries) await this.#checkEntry(each);
    await this.#try('mission.finished', async () => this.#checkEnd());
    await this.#try('gate', async () => this.#checkGate());
  }

  verdict(): ProofVerdict {
    const { origin, size, root } = this.#head ?? { origin: '', size: 0, root: new Uint8Array() };
    const note = textOf(this.#input.files.get('log/checkpoint') ?? new Uint8Array()) ?? '';
    return {
      holds: this.#failures.length === 0,
      mission: this.#input.mission,
      head: this.#head === undefined ? null : { origin, size, root: toBase64(root), note },
      keys: this.#keys,
      statements: this.#statements,
      entries: this.#entries,
      files: this.#files,
      gate: this.#gate,
      failures: this.#failures,
    };
  }

  /** Runs a check; what it refuses is a failure. Gives that, or null. */
  async #try(subject: string, check: () => Promise<void>): Promise<string | null> {
    try {
      await check();
      return null;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#failures.push({ subject, message: error.message });
      return error.message;
    }
  }

  #bytes(path: string): Bytes {
    return this.#input.files.get(path) ?? refuse('it is not there');
  }

  #text(path: string): string {
    return textOf(this.#bytes(path)) ?? refuse('it is not text');
  }

  async #readKeys(): Promise<void> {
    await this.#try('keys/log.pub', async () => {
      const log = await readLogKey(this.#text('keys/log.pub'));
      if (`${log.text}\n` !== this.#text('keys/log.pub')) refuse('it is not written as keys are');
      this.#believe('log', log.text, this.#input.pins.log);
      this.#log = log;
    });
    for (const path of this.#input.files.keys()) {
      if (SIGNING_KEY.test(path)) await this.#try(path, async () => this.#readSigningKey(path));
      else if (TRUSTED_ROOT.test(path)) await this.#try(path, async () => this.#readRoot(path));
    }
  }

  async #readSigningKey(path: string): Promise<void> {
    const key = await readSigningKey(this.#text(path));
    const { signing, identities } = this.#input.pins;
    // Where only an identity was pinned, no key stands for it.
    this.#believe('signing', key.fingerprint, [...signing, ...identities]);
    this.#signing.push(key);
  }

  async #readRoot(path: string): Promise<void> {
    const digest = await digestOf(this.#bytes(path));
    if (digest.slice('sha256:'.length, 'sha256:'.length + 16) !== TRUSTED_ROOT.exec(path)?.[1])
      refuse('it is not the trusted root that its name tells');
    this.#believe('root', digest, this.#input.pins.signing);
    this.#roots.push(this.#text(path));
  }

  /** Refused if there are others that the user has pinned. */
  #believe(use: KeyUse, text: string, pinned: readonly string[]): void {
    const trust = trustOf(pinned, text);
    if (!this.#keys.some((known) => known.use === use && known.text === text)) this.#keys.push({ use, text, trust });
    if (trust === 'other') refuse(`${use === 'identity' ? text : 'it'} is not the one that you have pinned`);
  }

  /** A statement that somebody has signed who is believed. */
  async #verified(bundle: Bytes): Promise<VerifiedStatement> {
    if (!isCertified(bundle)) return verifyBundle(bundle, this.#signing);
    this.#certified ??= this.#certifiedStatements();
    const statement = await (await this.#certified).verify(bundle);
    this.#believe('identity', statement.signer, this.#input.pins.identities);
    return statement;
  }

  async #certifiedStatements(): Promise<CertifiedStatements> {
    const isThere = [...this.#input.files.keys()].some((path) => TRUSTED_ROOT.test(path));
    if (!isThere) throw new Unchecked('no trusted root came with the proof');
    if (this.#roots.length === 0) return refuse('none of its trusted roots is believed');
    const { CertifiedStatements } = await import('./keyless/certified-statements.ts');
    return CertifiedStatements.under(this.#roots, this.#log);
  }

  /** Every file is listed, with its content, in a list that is signed; nothing is missing and nothing more is there. */
  async #checkManifest(): Promise<void> {
    const { files, mission } = this.#input;
    const manifest = await this.#verified(this.#bytes(MANIFEST));
    if (manifest.predicateType !== EXPORT || manifest.predicate['mission'] !== mission)
      refuse('it is the list of another export');
    const listed = new Map(manifest.subjects.map(({ name, sha256 }) => [name, sha256]));
    const sums = new Map<string, string>();
    for (const [path, bytes] of files) {
      if (path === SUMS) continue;
      const hex = (await digestOf(bytes)).slice('sha256:'.length);
      sums.set(path, hex);
      if (path === MANIFEST) continue;
      const fault = !listed.has(path)
        ? 'nothing accounts for it'
        : listed.get(path) === hex
          ? null
          : 'its bytes are not those that were signed for';
      if (fault !== null) this.#failures.push({ subject: path, message: fault });
    }
    for (const path of listed.keys()) if (!files.has(path)) this.#failures.push({ subject: path, message: 'it is not there' });
    const lines = [...sums].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([path, hex]) => `${hex}  ${path}\n`);
    if (lines.join('') !== this.#text(SUMS))
      this.#failures.push({ subject: SUMS, message: 'it does not say what the signed list says' });
  }

  async #checkStatements(): Promise<void> {
    const paths = [...this.#input.files.keys()].filter((path) => path.startsWith('evidence/') && path.endsWith('.sigstore.json'));
    for (const [done, path] of paths.entries()) {
      this.#input.onProgress?.(done, paths.length);
      await this.#checkStatement(path);
    }
    this.#input.onProgress?.(paths.length, paths.length);
    this.#statements.sort((a, b) => (a.entry ?? 0) - (b.entry ?? 0));
  }

  async #checkStatement(path: string): Promise<void> {
    const file = path.slice('evidence/'.length, -'.sigstore.json'.length);
    const verdict: StatementVerdict = {
      name: file,
      predicateType: null,
      subjects: 0,
      entry: null,
      signer: null,
      fault: null,
      statement: null,
    };
    verdict.fault = await this.#try(path, async () => {
      const leaf = this.#bytes(`proofs/${file}.entry.json`);
      const { index, data } = await this.#provenEntry(leaf, this.#text(`proofs/${file}.tlog-proof`));
      verdict.entry = index;
      if (typeof data['name'] === 'string') verdict.name = data['name'];
      const statement = await this.#verified(this.#bytes(path));
      const { predicateType, subjects, bundle, signer } = statement;
      Object.assign(verdict, { predicateType, subjects: subjects.length, signer });
      if (data['bundle'] !== bundle) refuse(`its bytes are not those that entry ${index} records`);
      if (data['predicateType'] !== predicateType || data['subjects'] !== subjects.length)
        refuse(`entry ${index} records another statement`);
      verdict.statement = statement;
    });
    this.#statements.push(verdict);
  }

  /** An entry of this mission that is in the log, under the checkpoint of the proof. */
  async #provenEntry(leaf: Bytes, proof: string): Promise<{ index: number; kind: string; data: Record<string, unknown> }> {
    const { index, head } = await verifyInclusion(proof, leaf, this.#log ?? refuse('there is no usable key of the log'));
    if (this.#head === undefined || (head.size === this.#head.size && !isSameHead(head, this.#head)))
      return refuse('its checkpoint is not that of the proof');
    const value = jsonIn(textOf(leaf), 'the entry') as { kind?: unknown; mission?: unknown; data?: unknown } | null;
    if (value?.mission !== this.#input.mission) return refuse('the entry is of another mission');
    return { index, kind: String(value.kind), data: (value.data ?? {}) as Record<string, unknown> };
  }

  async #checkEntry({ entry, kind, leaf, proof }: ProofInput['entries'][number]): Promise<void> {
    const fault = await this.#try(`entry ${entry}`, async () => {
      const found = await this.#provenEntry(bytesOf(leaf), proof);
      if (found.index !== entry || found.kind !== kind) refuse('it is another entry');
    });
    this.#entries.push({ entry, kind, fault });
  }

  #entryData(kind: string): { entry: number; data: Record<string, unknown> } {
    const at = this.#entries.findIndex((each) => each.kind === kind && each.fault === null);
    const source =
      this.#input.entries.find((each) => each.entry === this.#entries[at]?.entry) ?? refuse('there is no proven entry of it');
    const { data } = JSON.parse(source.leaf) as { data: Record<string, unknown> };
    return { entry: source.entry, data };
  }

  /** The mission's end names the product, and seals how many statements there were and which. */
  async #checkEnd(): Promise<void> {
    const { entry, data } = this.#entryData('mission.finished');
    const tree = this.#bytes('tree.json');
    if ((await digestOf(tree)) !== data['head']) refuse('the list of the product is not the one that the mission ended with');
    await this.#checkProduct(tree);
    const before = this.#statements.filter((statement) => statement.entry !== null && statement.entry < entry);
    const bundles = before.map(({ statement }) => statement?.bundle ?? '').sort();
    const seal = { count: bundles.length, digest: await digestOf(bytesOf(canonicalJson(bundles))) };
    if (canonicalJson(seal) !== canonicalJson(data['statements']))
      refuse('the statements are not all that the mission ended with');
  }

  async #checkProduct(tree: Bytes): Promise<void> {
    const entries = jsonIn(textOf(tree), 'the list of the product') as { path: string; digest: string }[];
    const about = new Map<string, string[]>();
    const made = new Set<string>();
    for (const { name, statement } of this.#statements) {
      for (const subject of statement?.subjects ?? []) {
        const key = `${subject.sha256} ${subject.name}`;
        about.set(key, [...(about.get(key) ?? []), name]);
        if (statement?.predicateType === PROVENANCE) made.add(key);
      }
    }
    // What was there in the commit that it started from needs no provenance; `spec-kit verify` holds it against git's own ids.
    const isFromNothing = !this.#input.files.has('base/tree.json');
    for (const { path, digest } of entries) {
      const content = this.#input.files.get(`artifacts/${path}`);
      const sha256 = digest.slice('sha256:'.length);
      const key = `${sha256} ${path}`;
      const isThere = content !== undefined && (await digestOf(content)) === digest;
      const fault = !isThere
        ? 'its content is not the one on record'
        : made.has(key) || !isFromNothing
          ? null
          : 'nothing proves where it comes from';
      if (fault !== null) this.#failures.push({ subject: `artifacts/${path}`, message: fault });
      this.#files.push({ path, sha256, provenBy: about.get(key) ?? [], fault });
    }
  }

  /** What the gate wrote into the log, and what it signed. */
  async #checkGate(): Promise<void> {
    if (!this.#input.entries.some(({ kind }) => kind === 'gate.decided')) return;
    const { data } = this.#entryData('gate.decided');
    this.#gate = { result: String(data['result']), fault: null };
    const summary = this.#statements.findLast(({ statement }) => statement?.predicateType === SUMMARY)?.statement;
    const said = summary?.predicate['verificationResult'];
    const agrees = data['result'] === 'pass' ? said === 'PASSED' : said !== 'PASSED';
    if (!agrees) {
      this.#gate.fault = 'what the gate signed is not what it decided';
      refuse(this.#gate.fault);
    }
  }
}
