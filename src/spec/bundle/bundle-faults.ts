import { NexusError, systemCode } from '../../base/errors.ts';
import { BUNDLE_LIMITS } from './bundle-limits.ts';

export function emptyBundle(path: string): NexusError {
  const hint = 'A specification is one or more Markdown files; `spec-kit init` writes a first one.';
  return new NexusError('BUNDLE_EMPTY', `There is no specification in ${path}.`, { hint, details: { path } });
}

export function tooLarge(path: string, message: string): NexusError {
  const hint = `A bundle may have ${megabytes(BUNDLE_LIMITS.bundleBytes)} in ${BUNDLE_LIMITS.files.toLocaleString('en')} files, ${megabytes(BUNDLE_LIMITS.fileBytes)} each. Name the folder that holds only the specification.`;
  return new NexusError('BUNDLE_TOO_LARGE', message, { hint, details: { path } });
}

export function unreadable(path: string, error: unknown): NexusError {
  const code = systemCode(error);
  const missing = code === 'ENOENT' || code === 'ENOTDIR';
  if (missing)
    return new NexusError('BUNDLE_NOT_FOUND', `There is no ${path}.`, {
      hint: 'Check the path.',
      details: { path },
      cause: error,
    });
  const hint = 'Give yourself read access to it, or take it out of the bundle.';
  return new NexusError('BUNDLE_UNREADABLE', `Cannot read ${path} (${code ?? 'unknown error'}).`, {
    hint,
    details: { path, systemCode: code },
    cause: error,
  });
}

export function megabytes(bytes: number): string {
  return `${bytes / 2 ** 20} MiB`;
}
