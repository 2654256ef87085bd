/** Why something does not verify. Closed; each is documented in `docs/verification.md`, and a test keeps both in step. */
export const VERIFY_CODES = {
  // The folder.
  VERIFY_UNREADABLE: 'A folder or file cannot be read.',
  VERIFY_PATH: 'A name could lead out of the folder, or cannot be written on every system.',
  VERIFY_FILE_KIND: 'Something is neither a file nor a folder: a symbolic link, a device, a pipe.',
  VERIFY_LIMIT: 'There is more, or larger content than a verifier should read; what lies beyond was not looked at.',
  VERIFY_FILE_MISSING: 'A file is listed or needed, and is not there.',
  VERIFY_FILE_EXTRA: 'A file is there that nothing accounts for.',
  VERIFY_FILE_CHANGED: 'The bytes of a file are not those that were listed when it was exported.',
  VERIFY_SUMS: 'SHA256SUMS does not say what the signed list of files says.',
  VERIFY_MANIFEST: 'The signed list of files is not one, or belongs to another mission.',

  // Keys and statements.
  VERIFY_KEY_MALFORMED: 'A public key cannot be read, or is of the wrong kind.',
  VERIFY_KEY_UNTRUSTED: 'The key in the folder is not the one that was given.',
  VERIFY_KEY_UNKNOWN: 'A statement is signed by a key that is not trusted here.',
  VERIFY_BUNDLE_MALFORMED: 'A file is not a Sigstore bundle v0.3 with a DSSE envelope, or not written strictly.',
  VERIFY_SIGNATURE: 'A signature does not fit what it signs.',
  VERIFY_CERTIFICATE: 'A signing certificate is issued by nobody whom the trusted root knows.',
  VERIFY_CERTIFICATE_TIME: 'Something was signed outside of the time that its certificate is valid.',
  VERIFY_SCT: 'A signing certificate is not in a certificate log that the trusted root knows.',
  VERIFY_IDENTITY: 'A certificate was issued to somebody else than you expect.',
  VERIFY_TLOG: 'A transparency log that the trusted root knows does not have a signature, or not this one.',
  VERIFY_TIMESTAMP: 'When something was signed is attested by nobody whom the trusted root knows.',
  VERIFY_PAYLOAD_TYPE: 'What is signed is not declared as an in-toto statement.',
  VERIFY_STATEMENT_MALFORMED: 'What is signed is not an in-toto Statement v1 with well-formed subjects.',
  VERIFY_STATEMENT_MISSING: 'The log records a statement that is not there.',
  VERIFY_STATEMENT_CHANGED: 'A statement is not the one that the log records, or not of the kind it records.',

  // The log.
  VERIFY_CHECKPOINT: 'The checkpoint is malformed, or not signed by the key of the log.',
  VERIFY_TILE: 'A hash tile is missing, has the wrong size, or does not hash to what stands above it.',
  VERIFY_ENTRY_MALFORMED: 'A log entry is not written as entries are.',
  VERIFY_ENTRY: 'A log entry is not the one that the tree holds at its place.',
  VERIFY_PROOF: 'An inclusion proof is malformed, or does not prove its entry under the checkpoint.',
  VERIFY_LOG: 'The log in the workspace is damaged.',

  // What the records say.
  VERIFY_MISSION: 'A mission has no beginning or no end on record, or more than one beginning.',
  VERIFY_RECORD: 'An entry lacks a field of its kind, or a field has no possible value.',
  VERIFY_TREE: 'The list of the product is not the one that the mission ended with.',
  VERIFY_BASE: 'What is said to have been there before is not proven to be what the commit has, or is gone without a record.',
  VERIFY_ARTIFACT: 'The content of an artifact is not what the mission recorded.',
  VERIFY_ARTIFACT_MISSING: 'An artifact of the product is not there.',
  VERIFY_EVIDENCE: 'An artifact has no ArtifactEvidence on record, or one that says something else.',
  VERIFY_RUN: 'A statement about what an agent did says something else than the log, or is not about what it left.',
  VERIFY_UNPROVEN: 'No verified provenance is about an artifact.',
  VERIFY_INCOMPLETE: 'The statements on record are not all that the mission ended with.',
  VERIFY_APPROVAL:
    'What a person said has no statement, or one that says something else, or there is a statement and nobody has said it.',
  VERIFY_GATE: 'The gate passed what its evidence does not allow, or a succeeded mission has no gate.',
  VERIFY_POLICY: 'The release policy that the gate asked is not there, or says something else when it is asked again.',
  VERIFY_STORE: 'Stored content does not match its digest, or is on record, not there, and was removed by no rule.',
} as const;

export type VerifyCode = keyof typeof VERIFY_CODES;

export interface VerifyFailure {
  /** What is wrong: a path inside the export, or the name of a record in the workspace. */
  subject: string;
  code: VerifyCode;
  message: string;
}

/** Why something is not good, where it is not said yet what. */
export type VerifyFault = Pick<VerifyFailure, 'code' | 'message'>;

/** A report with more failures than this helps nobody, and input is not ours to trust. */
const MAX_FAILURES = 200;

/** What was found wrong, first things first. Bounded: the rest is only counted. */
export class Failures {
  readonly list: VerifyFailure[] = [];
  /** How many are not in `list`. */
  omitted = 0;
  readonly #subjects = new Set<string>();

  add(subject: string, code: VerifyCode, message: string): void {
    this.#subjects.add(subject);
    if (this.list.length < MAX_FAILURES) this.list.push({ subject: printable(subject), code, message: printable(message) });
    else this.omitted++;
  }

  get any(): boolean {
    return this.list.length > 0;
  }

  /** Whether anything is wrong with one of these: a check that rests on them would only blame others. */
  about(...subjects: string[]): boolean {
    return subjects.some((subject) => this.#subjects.has(subject));
  }
}

/** Names and texts under verification are not ours: nothing of them may steer a terminal. */
function printable(text: string): string {
  const shown = text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (c) => `\\u${(c.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
  return shown.length > 1000 ? `${shown.slice(0, 1000)}…` : shown;
}
