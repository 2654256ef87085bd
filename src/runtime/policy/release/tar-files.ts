import { NexusError } from '../../../base/errors.ts';

const BLOCK = 512;
const MAX_FILES = 2000;

/**
 * The regular files of an OPA bundle's tar archive by their paths. OPA writes them as absolute (`/data.json`), other tools as relative
 * (`./data.json`): they mean the same. Everything else but folders is refused, as nothing that is needed is written so. Throws
 * `RELEASE_POLICY_INVALID`.
 */
export function tarFiles(archive: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  let longName: string | undefined;
  for (let at = 0; at + BLOCK <= archive.length && archive[at] !== 0;) {
    const { name, size, type } = header(archive.subarray(at, at + BLOCK));
    const content = archive.subarray(at + BLOCK, at + BLOCK + size);
    if (content.length < size) throw damaged('it is cut short');
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    if (type === 'x') {
      longName = paxPath(content);
      continue;
    }
    const path = plainPath(longName ?? name);
    longName = undefined;
    if (type === '5' || type === 'g') continue;
    if (type !== '0' && type !== '\0') throw damaged(`${path} is no plain file`);
    if (files.has(path)) throw damaged(`it has two files ${path}`);
    if (files.size === MAX_FILES) throw damaged(`it has more than ${MAX_FILES} files`);
    files.set(path, content);
  }
  return files;
}

/** POSIX ustar, IEEE 1003.1-2017. */
function header(block: Buffer): { name: string; size: number; type: string } {
  const sum = block.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
  const size = octal(block, 124, 12);
  if (octal(block, 148, 8) !== sum || !Number.isSafeInteger(size)) throw damaged('it is no tar archive');
  const prefix = block.toString('latin1', 257, 263) === 'ustar\0' ? text(block, 345, 155) : '';
  const name = text(block, 0, 100);
  return { name: prefix === '' ? name : `${prefix}/${name}`, size, type: String.fromCharCode(block[156] ?? 0) };
}

function text(block: Buffer, from: number, length: number): string {
  const end = block.indexOf(0, from);
  return block.toString('utf8', from, end === -1 || end > from + length ? from + length : end);
}

function octal(block: Buffer, from: number, length: number): number {
  const digits = block.toString('latin1', from, from + length).replace(/[\0 ]+/g, '');
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
}

function paxPath(record: Buffer): string | undefined {
  return /(?:^|\n)\d+ path=([^\n]*)\n/.exec(record.toString('utf8'))?.[1];
}

function plainPath(name: string): string {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..') || /\p{Cc}/u.test(name)) throw damaged(`${JSON.stringify(name)} is no name of a file`);
  return parts.join('/');
}

function damaged(why: string): NexusError {
  return new NexusError('RELEASE_POLICY_INVALID', `The policy bundle cannot be read: ${why}.`, {
    hint: '`opa build` makes one; a folder of .rego files, or one such file, will do as well.',
  });
}
