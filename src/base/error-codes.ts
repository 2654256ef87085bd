/** How an error ends the process: `design/cli.md`, "Exit codes". */
export type ExitCode = 1 | 2 | 3 | 4 | 70 | 130;

interface CodeInfo {
  exit: ExitCode;
  /** One line for `docs/errors.md`; a test keeps both in step. */
  summary: string;
}

/**
 * Every error code there is. Diagnostics of the interpreter (`SPEC_*` inside a plan) live in `spec/diagnostics.ts`; a code is
 * here when it can end a command.
 */
export const ERROR_CODES = {
  // The call.
  USAGE: { exit: 2, summary: 'A flag, argument or combination of them is wrong.' },
  NOT_FOUND: { exit: 2, summary: 'The named mission, task, artifact or entry does not exist.' },
  NOT_BUILT: { exit: 4, summary: 'This part of the product is not built yet.' },

  // Reading a bundle.
  BUNDLE_NOT_FOUND: { exit: 2, summary: 'The bundle path does not exist.' },
  BUNDLE_UNREADABLE: { exit: 2, summary: 'The bundle exists but cannot be read (permissions, or not a file or folder).' },
  BUNDLE_EMPTY: { exit: 2, summary: 'The bundle holds no specification.' },
  BUNDLE_TOO_LARGE: { exit: 2, summary: 'A bundle file, or the bundle as a whole, is over the size limit.' },
  BUNDLE_BINARY: { exit: 2, summary: 'A bundle file is binary, or a pointer of Git LFS, not text.' },
  BUNDLE_ENCODING: { exit: 2, summary: 'A bundle file is not valid UTF-8.' },
  BUNDLE_ESCAPE: { exit: 2, summary: 'A bundle path leaves its root by `..` or a symbolic link.' },
  BUNDLE_ARCHIVE: { exit: 2, summary: 'An archive is damaged, or holds what a specification cannot be made of.' },
  BUNDLE_FETCH: {
    exit: 4,
    summary: 'A git repository or an archive elsewhere cannot be reached, took too long, or is not what it must be.',
  },
  PROMPT_INVALID: { exit: 2, summary: 'A MissionPrompt is malformed, or contradicts what else was said.' },
  CONFIG_INVALID: { exit: 2, summary: 'The configuration says something that is not known.' },
  PROFILE_INVALID: { exit: 2, summary: 'A capability profile is malformed, or says what is not known.' },
  POLICY_INVALID: { exit: 2, summary: 'The policy of a mission is malformed, or says what is not known.' },
  POLICY_REFUSED: { exit: 2, summary: 'The policy of the mission has no place for what was asked; nothing was run.' },
  SPEC_INVALID: { exit: 2, summary: 'The specification has error diagnostics; nothing was run.' },
  SPEC_DRIFT: { exit: 2, summary: 'The task graph is not the one in the lock file; nothing was run.' },
  LOCK_MISSING: { exit: 2, summary: 'There is no lock file to hold the task graph against.' },
  LOCK_INVALID: { exit: 2, summary: 'The lock file is malformed, of a newer version, or in the middle of a merge.' },
  LOCK_UNWRITABLE: { exit: 4, summary: 'The lock file cannot be written.' },

  // Writing to the specification.
  MERGE_CONFLICT: {
    exit: 2,
    summary: 'Changes cannot be merged into the living specs, or touch one requirement; nothing was written.',
  },
  ARCHIVE_EXISTS: { exit: 2, summary: 'The archive has a change of that name already; nothing was written.' },
  SOURCE_CHANGED: { exit: 2, summary: 'A file of the specification was changed between being read and being written.' },
  SOURCE_UNWRITABLE: { exit: 4, summary: 'A file of the specification cannot be written, or says that it is not to be.' },

  // The user's repository.
  BASE_NOT_FOUND: { exit: 2, summary: 'The repository has no such commit to start from.' },
  BASE_TOO_LARGE: { exit: 2, summary: 'The commit to start from has more files, or larger ones, than a mission takes.' },
  BASE_UNUSABLE: {
    exit: 2,
    summary: 'The commit to start from holds names that cannot stand side by side everywhere, or there is none.',
  },
  BRANCH_REFUSED: {
    exit: 2,
    summary: 'The branch cannot be moved to the result without losing or disturbing something; nothing was run.',
  },
  BRANCH_MOVED: { exit: 1, summary: 'The branch was moved by somebody else meanwhile; the result is kept under its own ref.' },
  REPOSITORY_FAILED: { exit: 4, summary: 'git cannot read the repository, or not write to it.' },

  // Workspace.
  WORKSPACE_NOT_FOUND: { exit: 2, summary: 'There is no workspace here yet.' },
  WORKSPACE_LOCKED: { exit: 4, summary: 'Another process is writing to the workspace.' },
  WORKER_LOST: { exit: 1, summary: 'Whoever was at a task has gone; it is tried again.' },
  WORKER_REFUSED: { exit: 4, summary: 'A worker cannot do what this control plane gives out.' },
  LEASE_LOST: { exit: 1, summary: 'A worker no longer has the task that it speaks of.' },
  WORKSPACE_FULL: { exit: 4, summary: 'The disk that holds the workspace is full.' },
  WORKSPACE_UNWRITABLE: { exit: 4, summary: 'The workspace folder cannot be written.' },
  WORKSPACE_NEWER: { exit: 4, summary: 'The workspace was made by a newer version.' },
  WORKSPACE_CORRUPT: { exit: 1, summary: 'The workspace database is damaged.' },

  // Log and proof.
  LOG_CORRUPT: { exit: 1, summary: 'The log does not match its signed checkpoint.' },
  LOG_BEHIND: { exit: 1, summary: 'The log has fewer, or other, entries than were published of it.' },
  WITNESS_REFUSED: { exit: 4, summary: 'A witness cannot be reached, or does not sign the checkpoint.' },
  LOG_ENTRY_TOO_LARGE: { exit: 70, summary: 'A log entry is over 65,535 bytes.' },
  STORE_CORRUPT: { exit: 1, summary: 'Stored content does not match its digest.' },
  KEY_UNUSABLE: { exit: 4, summary: 'A signing key cannot be read, or others can read it.' },
  RECORD_REFUSED: { exit: 2, summary: 'A signature is not taken into the ledger.' },
  TRUSTED_ROOT_UNUSABLE: { exit: 2, summary: 'A file is no Sigstore trusted root, or no signing configuration.' },
  IDENTITY_UNAVAILABLE: { exit: 4, summary: 'Something is to be signed keyless, and nobody vouches for who signs.' },
  SIGNING_FAILED: { exit: 4, summary: 'A service that keyless signing needs did not do its part.' },
  VERIFY_FAILED: { exit: 1, summary: 'A proof did not verify.' },
  RELEASE_POLICY_INVALID: { exit: 2, summary: 'A release policy cannot be read, or is not Rego that compiles.' },
  RELEASE_POLICY_UNSIGNED: { exit: 2, summary: 'A release policy is not signed by the key that it has to be signed by.' },
  RELEASE_POLICY_ENGINE: {
    exit: 4,
    summary: 'The engine of release policies is not there, or gives no answer within its limits.',
  },
  PROMOTION_REFUSED: { exit: 1, summary: 'The mission may not be promoted: it is not gated, or its proof does not verify.' },
  PROMOTION_FAILED: { exit: 4, summary: 'The place to promote to cannot be reached, or refuses.' },
  PROMOTION_CONFLICT: { exit: 4, summary: 'The place to promote to holds something else under a name that is needed.' },
  PAYLOADS_REMOVED: { exit: 2, summary: 'Retention has removed artifacts that a whole proof of the mission needs.' },
  EXPORT_EXISTS: { exit: 2, summary: 'The export folder already holds files.' },
  REPORT_EXISTS: { exit: 2, summary: 'The file to write a report to holds something else.' },
  REPORT_UNWRITABLE: { exit: 4, summary: 'The file to write a report to cannot be written.' },

  // Running.
  ARTIFACT_PATH: { exit: 1, summary: 'A produced path is absolute, leaves its root, is reserved, or collides with another.' },
  MISSION_FAILED: { exit: 1, summary: 'A task failed or the gate said no.' },
  AGENT_UNAVAILABLE: { exit: 4, summary: 'No agent that can do a task is available here.' },
  REPLAY_IMPOSSIBLE: { exit: 2, summary: 'The mission cannot be run again from a recording.' },
  REPLAY_DIFFERS: { exit: 1, summary: 'A mission that was run again from its recording came to another tree.' },
  SCRIPT_INVALID: { exit: 2, summary: 'The script of the `script` agent cannot be read, or says what is not known.' },
  SANDBOX_MISSING: { exit: 4, summary: 'Processes cannot be confined here, and nothing is run unconfined in their place.' },
  TOOL_MISSING: { exit: 4, summary: 'A tool that a task needs is not installed.' },
  MISSION_EXISTS: { exit: 2, summary: 'The id that a prompt gives is that of another mission, or of one that is over.' },
  MISSION_RUNNING: { exit: 2, summary: 'The mission is running already, here or in another process.' },
  MISSION_STATE: { exit: 2, summary: 'The mission, or the task, is not in a state in which that can be done.' },
  REQUEST_UNANSWERED: { exit: 4, summary: 'The process that runs the mission has not answered.' },
  MEMORY_INVALID: { exit: 2, summary: 'What is to be remembered has no text, too much of it, or no valid scope or kind.' },
  EMBEDDER_FAILED: { exit: 4, summary: 'The service that makes vectors of texts cannot be reached, or gives no usable answer.' },
  SECRET_UNKNOWN: { exit: 2, summary: 'Nothing says where a secret of this name comes from.' },
  SECRET_UNAVAILABLE: { exit: 4, summary: 'A secret cannot be read: its variable, its file or Vault does not give it.' },
  SECRET_NOT_ALLOWED: { exit: 2, summary: 'Nobody has allowed what the configuration says of secrets.' },
  SECRET_INVALID: { exit: 2, summary: 'A secret is too short to be kept out of logs.' },
  INTERRUPTED: { exit: 130, summary: 'Stopped by a signal; the mission can be resumed.' },

  // The control plane.
  ADDRESS_UNUSABLE: { exit: 4, summary: 'The server cannot listen at the address, or must not without protection.' },
  AUTH_MISSING: { exit: 4, summary: 'A request has no token, or one that is not known or no longer good.' },
  AUTH_DENIED: { exit: 4, summary: 'The token does not allow this.' },
  LOGIN_FAILED: { exit: 4, summary: 'Nobody was logged in at a control plane.' },
  ISSUER_UNREACHABLE: { exit: 4, summary: 'An issuer of tokens cannot be asked for its keys, or must not be.' },
  CURSOR_UNKNOWN: { exit: 2, summary: 'The position that a stream is to go on from is none of this log.' },
  REMOTE_UNREACHABLE: { exit: 4, summary: 'A control plane does not answer, or not as one does.' },
  RATE_LIMITED: { exit: 4, summary: 'Somebody has sent more requests than a control plane takes from one.' },
  IDEMPOTENCY_MISMATCH: { exit: 2, summary: 'Another request was sent under the same Idempotency-Key.' },

  INTERNAL: { exit: 70, summary: 'A defect of ours.' },
} as const satisfies Record<string, CodeInfo>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** Whether what came from elsewhere names one of the codes. */
export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERROR_CODES, code);
}
