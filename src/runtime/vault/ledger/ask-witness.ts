import { messageOf, NexusError } from '../../../base/errors.ts';
import { parseCheckpoint } from '../../log/checkpoint.ts';
import { cosignedAt, type WitnessKey } from '../../log/cosignature.ts';
import type { Hash } from '../../log/merkle.ts';

/** What a witness is shown. */
export interface WitnessedLog {
  consistency(from: number, to: number): Hash[];
}

export interface Cosignature {
  witness: string;
  /** Line of the note, without its line feed. */
  line: string;
  /** RFC 3339. */
  at: string;
}

const TIMEOUT = 30_000;

/**
 * Has a witness sign a checkpoint (c2sp.org/tlog-witness, `add-checkpoint`). What it has seen last it says itself, with a conflict. Throws
 * `WITNESS_REFUSED`: also where the witness has seen more than the log has, which it never should.
 */
export async function askWitness(
  log: WitnessedLog,
  note: string,
  { url, key }: { url: string; key: WitnessKey },
): Promise<Cosignature> {
  const { size } = parseCheckpoint(note);
  const first = await post(url, requestOf(log, note, { from: 0, size }));
  const seen = first.status === 409 ? Number(/^(0|[1-9]\d*)\n$/.exec(first.text)?.[1] ?? Number.NaN) : 0;
  if (first.status === 409 && !(seen <= size)) {
    throw refused(url, `it has seen ${Number.isNaN(seen) ? 'something else' : `${seen} entries`}, the log has ${size}`);
  }
  const answer = first.status === 409 ? await post(url, requestOf(log, note, { from: seen, size })) : first;
  if (answer.status !== 200)
    throw refused(url, `it answered ${answer.status} (${REASONS[answer.status] ?? answer.text.slice(0, 200)})`);
  const lines = answer.text.split('\n').filter((line) => line !== '');
  const mine = lines.find((line) => line.startsWith(`— ${key.name} `));
  const at = cosignedAtOrNone(note, lines, key);
  if (mine === undefined || at === undefined) throw refused(url, 'what it answered is not signed by its key');
  return { witness: key.name, line: mine, at: new Date(at * 1000).toISOString() };
}

function cosignedAtOrNone(note: string, lines: readonly string[], key: WitnessKey): number | undefined {
  try {
    return cosignedAt(note, lines, key);
  } catch (error) {
    if (error instanceof NexusError && error.code === 'VERIFY_FAILED') return undefined;
    throw error;
  }
}

const REASONS: Readonly<Record<number, string>> = {
  403: 'the signature of the checkpoint does not verify with the key that it knows',
  404: 'it does not know this log: its operator has to add the key',
  409: 'it has seen another size meanwhile',
  422: 'the log is not the one that it has seen before',
};

function requestOf(log: WitnessedLog, note: string, { from, size }: { from: number; size: number }): string {
  const proof = from === 0 || from === size ? [] : log.consistency(from, size);
  return `old ${from}\n${proof.map((hash) => `${hash.toString('base64')}\n`).join('')}\n${note}`;
}

async function post(url: string, body: string): Promise<{ status: number; text: string }> {
  try {
    const response = await fetch(`${url.replace(/\/+$/, '')}/add-checkpoint`, {
      method: 'POST',
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT),
    });
    return { status: response.status, text: (await response.text()).slice(0, 65_536) };
  } catch (error) {
    throw refused(url, messageOf(error), error);
  }
}

function refused(url: string, why: string, cause?: unknown): NexusError {
  return new NexusError('WITNESS_REFUSED', `The witness ${url} has not signed the checkpoint: ${why}.`, {
    hint: 'If it has seen more, or something else, than this log has, do not go on with this log before you know why.',
    details: { url },
    cause,
  });
}
