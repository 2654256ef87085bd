import { NexusError } from '../../base/errors.ts';

/** `code`: the system's name for what is wrong. */
export function cannotStart(file: string, { code, cause }: { code: string | undefined; cause: unknown }): NexusError {
  return new NexusError('TOOL_MISSING', `Cannot start ${file}.`, {
    hint: 'Install it, or run `spec-kit doctor` to see what is missing.',
    details: { file, systemCode: code },
    cause,
  });
}
