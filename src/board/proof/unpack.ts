import type { Bytes } from './bytes.ts';
import { refuse } from './refusal.ts';

/** What a browser should hold: a larger proof is for `spec-kit verify`. */
const MOST_BYTES = 256 * 1_048_576;

/** The files of a `.tar.gz` (POSIX ustar with pax headers, as the control plane packs proofs), by path. */
export async function unpack(
  archive: ReadableStream<Uint8Array>,
  { most = MOST_BYTES }: { most?: number } = {},
): Promise<Map<string, Bytes>> {
  const gunzip = new DecompressionStream('gzip') as TransformStream<Uint8Array, Uint8Array>;
  return filesIn(await collected(archive.pipeThrough(gunzip), most));
}

async function collected(stream: ReadableStream<Uint8Array>, most: number): Promise<Bytes> {
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read().catch(() => refuse('the proof is cut off, or damaged'));
    if (done) break;
    size += value.length;
    if (size > most) {
      await reader.cancel();
      return refuse(`the proof is larger than ${Math.round(most / 1_048_576)} MiB: use \`spec-kit verify\``);
    }
    parts.push(value);
  }
  const all = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const BLOCK = 512;

function filesIn(tar: Bytes): Map<string, Bytes> {
  const files = new Map<string, Bytes>();
  let name: string | undefined;
  for (let at = 0; at + BLOCK <= tar.length;) {
    const head = tar.subarray(at, at + BLOCK);
    if (head.every((byte) => byte === 0)) return files;
    const size = octal(head, 124, 12);
    const type = String.fromCharCode(head[156] ?? 0);
    const body = tar.slice(at + BLOCK, at + BLOCK + size);
    if (body.length !== size) return refuse('the proof is cut off');
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    if (type === 'x') name = paxPath(body);
    else if (type === '0' || type === '\0') {
      const path = name ?? pathIn(head);
      name = undefined;
      if (files.has(path)) return refuse(`the proof has two files ${path}`);
      files.set(path, body);
    } else if (type !== '5') return refuse('the proof holds what is no file');
  }
  return files;
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

function field(head: Uint8Array, at: number, length: number): string {
  return text(head.subarray(at, at + length)).split('\0', 1)[0] ?? '';
}

function octal(head: Uint8Array, at: number, length: number): number {
  const digits = field(head, at, length).trim();
  return /^[0-7]{1,11}$/.test(digits) ? Number.parseInt(digits, 8) : refuse('the proof is damaged');
}

function pathIn(head: Uint8Array): string {
  const prefix = field(head, 345, 155);
  return `${prefix === '' ? '' : `${prefix}/`}${field(head, 0, 100)}`;
}

/** `LENGTH path=VALUE\n` among the records of a pax header. */
function paxPath(body: Uint8Array): string | undefined {
  for (let at = 0; at < body.length;) {
    const [, digits] = /^(\d+) /.exec(text(body.subarray(at, at + 12))) ?? [];
    const length = Number(digits);
    if (digits === undefined || length <= digits.length + 1) return refuse('the proof is damaged');
    const record = text(body.subarray(at + digits.length + 1, at + length - 1));
    if (record.startsWith('path=')) return record.slice('path='.length);
    at += length;
  }
  return undefined;
}
