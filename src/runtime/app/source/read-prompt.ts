import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { messageOf, NexusError } from '../../../base/errors.ts';
import type { MissionPrompt } from '../../../base/generated/mission-prompt.ts';
import { isJsonObject } from '../../../base/json.ts';
import { counted } from '../../../base/text.ts';
import { parseStrictJson } from '../../vault/strict-json.ts';
import { archiveAddress } from '../../workspace/archive-address.ts';
import { gitAddress, shownBundle } from '../../workspace/git-address.ts';
import type { ApplyInput, ApplyRequest } from '../operations.ts';

/** An entry of the log has a limit, and an objective is no document. */
const MAX_BYTES = 16_384;

const URI = /^[a-z][a-z\d+.-]+:/i;

/** What `apply` is to do: where a MissionPrompt says what, the bundle is what it names. Throws `USAGE`, `PROMPT_INVALID`. */
export async function withPrompt(
  { prompt, ...input }: Omit<ApplyRequest, 'policy'>,
  { cwd }: { cwd: string },
): Promise<ApplyInput> {
  if (prompt === undefined) {
    if (input.bundle !== undefined) return { ...input, bundle: input.bundle };
    throw new NexusError('USAGE', 'It is not said what to apply.', {
      hint: 'Give BUNDLE, or a MissionPrompt with --prompt FILE.',
    });
  }
  const file = resolve(cwd, prompt);
  const mission = await readPrompt(file);
  const origin = bundleAt(mission.originatingSpec);
  refuseMismatch({ ...input, origin, cwd }, { mission, file });
  return { ...input, bundle: input.bundle ?? origin, mission };
}

/** Reads a MissionPrompt from a file; a path in it is relative to that file. Throws `PROMPT_INVALID`. */
async function readPrompt(file: string): Promise<MissionPrompt> {
  const value = parse(file);
  const origin = isJsonObject(value) ? value['originatingSpec'] : undefined;
  const isPath = typeof origin === 'string' && origin !== '' && !URI.test(origin);
  const uri = isPath ? { originatingSpec: pathToFileURL(resolve(dirname(file), origin)).href } : {};
  return checkPrompt(isJsonObject(value) ? { ...value, ...uri } : value, file);
}

/** Throws `PROMPT_INVALID`, with every fault. */
export async function checkPrompt(value: unknown, file: string): Promise<MissionPrompt> {
  const { checkMissionPrompt } = await import('./mission-prompt-check.ts');
  const checked = checkMissionPrompt(value);
  if (!checked.valid) {
    const faults = checked.errors.map(({ path, message }) => `${path === '' ? 'the document' : path.slice(1)} ${message}`);
    throw invalid(file, `it has ${counted(faults.length, 'fault')}.`, { faults });
  }
  const prompt = value as MissionPrompt;
  // RFC 9562: case means nothing, and is lower when written. The prefix is the same id as a URN.
  return { ...prompt, id: prompt.id.toLowerCase().replace(/^urn:uuid:/, '') };
}

function parse(file: string): unknown {
  try {
    const { size } = statSync(file);
    if (size > MAX_BYTES) throw invalid(file, `it has ${counted(size, 'byte')}, and may have ${counted(MAX_BYTES, 'byte')}.`);
    return parseStrictJson(readFileSync(file));
  } catch (error) {
    throw error instanceof NexusError ? error : invalid(file, `${messageOf(error)}.`);
  }
}

/** A URI as the BUNDLE argument that means the same: a file or folder that is there is read as it lies, whatever else could be made of its address. */
function bundleAt(uri: string): string {
  if (!/^file:/i.test(uri) || uri.includes('#')) return uri;
  try {
    const path = fileURLToPath(uri);
    return existsSync(path) || !/\.git\b/.test(path) ? path : uri;
  } catch {
    return uri;
  }
}

/** What is said twice must be said alike. */
function refuseMismatch(
  { bundle, priority, origin, cwd }: Pick<ApplyRequest, 'bundle' | 'priority'> & { origin: string; cwd: string },
  { mission, file }: { mission: MissionPrompt; file: string },
): void {
  if (bundle !== undefined && identityOf(bundle, cwd) !== identityOf(origin, cwd)) {
    throw invalid(file, `it is about ${shownBundle(origin)}, and not about ${shownBundle(bundle)}.`);
  }
  if (priority !== undefined && priority !== mission.priority) {
    throw invalid(file, `its priority is ${mission.priority}, and not ${priority}.`);
  }
}

function identityOf(bundle: string, cwd: string): string {
  const archive = archiveAddress(bundle);
  if (archive !== undefined) return JSON.stringify([archive.shown, archive.digest]);
  const address = gitAddress(bundle, cwd);
  if (address !== undefined) return JSON.stringify([address.shown, address.ref, address.path]);
  const path = resolve(cwd, bundle);
  return existsSync(path) ? realpathSync(path) : path;
}

function invalid(file: string, message: string, details: Record<string, unknown> = {}): NexusError {
  return new NexusError('PROMPT_INVALID', `${file} cannot be taken as the mission's prompt: ${message}`, {
    hint: 'It is JSON with id (UUID), objective, priority (P0, P1, P2), originatingSpec and createdAt: schemas/mission-prompt.schema.json.',
    details: { file, ...details },
  });
}
