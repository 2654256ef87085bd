import { asWorkspaceError } from '../../base/durable-file.ts';
import { type ErrorOptions, messageOf, NexusError, systemCode } from '../../base/errors.ts';

/** Turns an error of SQLite on the file at `path` into one that says what to do; other errors pass unchanged. */
export function asDatabaseError(error: unknown, path: string): unknown {
  const code = systemCode(error) ?? '';
  const options = { details: { path, sqliteCode: code }, cause: error };
  if (/^SQLITE_(CORRUPT|NOTADB|FORMAT)/.test(code)) return corruptDatabase(path, messageOf(error), options);
  if (/^SQLITE_(READONLY|PERM|CANTOPEN|IOERR)/.test(code)) return unwritable(path, code, options);
  if (/^SQLITE_(BUSY|PROTOCOL)/.test(code)) return busy(path, options);
  return asWorkspaceError(error, path);
}

export function corruptDatabase(path: string, why: string, options: ErrorOptions = {}): NexusError {
  return new NexusError('WORKSPACE_CORRUPT', `${path} is damaged: ${why}. It was left as it is.`, {
    hint: 'Restore it from a backup, or move it away to start anew; exported evidence stays verifiable.',
    details: { path },
    ...options,
  });
}

function unwritable(path: string, code: string, options: ErrorOptions): NexusError {
  if (code.startsWith('SQLITE_IOERR')) {
    return new NexusError('WORKSPACE_UNWRITABLE', `The disk failed while ${path} was read or written (${code}).`, {
      hint: 'Look at the disk (`dmesg`, its health report), or choose another with --workspace DIR; nothing that was recorded is lost.',
      ...options,
    });
  }
  return new NexusError('WORKSPACE_UNWRITABLE', `Cannot open or write ${path} (${code}).`, {
    hint: 'Choose another folder with --workspace DIR, or give yourself write access; the folder must be on a local disk.',
    ...options,
  });
}

function busy(path: string, options: ErrorOptions): NexusError {
  return new NexusError('WORKSPACE_LOCKED', `Another process keeps ${path} busy.`, {
    hint: 'Try again in a moment.',
    ...options,
  });
}
