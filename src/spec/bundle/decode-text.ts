import { isUtf8 } from 'node:buffer';

import { NexusError } from '../../base/errors.ts';

/** A file with its text, or with the reason why it has none. */
interface DecodedFile {
  path: string;
  text: string;
  fault?: TextFault;
}

/** Why a file has no text: the error that it is alone, and the line of the first byte that is wrong. */
export interface TextFault {
  error: NexusError;
  line: number;
}

/**
 * The files of a folder, or of an archive, with their texts. One among others that is no text is kept without a text and with its
 * fault, so that it can be named; where nothing else says anything it is refused. Throws `BUNDLE_BINARY` or `BUNDLE_ENCODING`.
 */
export function decodeFiles(paths: readonly string[], bytesOf: (path: string) => Buffer): DecodedFile[] {
  const files = paths.map((path) => decodeFile(path, bytesOf(path)));
  const fault = files.find((file) => file.fault !== undefined)?.fault;
  if (fault !== undefined && files.every(({ text }) => text.trim() === '')) throw fault.error;
  return files;
}

function decodeFile(path: string, bytes: Buffer): DecodedFile {
  const fault = faultIn(bytes, path);
  return fault === undefined ? { path, text: textOf(bytes) } : { path, text: '', fault };
}

/** The text of a bundle's file, without byte order mark. Throws `BUNDLE_BINARY` or `BUNDLE_ENCODING` with the place. */
export function decodeText(bytes: Buffer, shown: string): string {
  const fault = faultIn(bytes, shown);
  if (fault !== undefined) throw fault.error;
  return textOf(bytes);
}

function textOf(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  return text.startsWith('\u{FEFF}') ? text.slice(1) : text;
}

/** What git keeps in the place of a file whose content lies elsewhere; of a list of tasks it would leave nothing without a word. */
const LFS_POINTER = Buffer.from('version https://git-lfs.github.com/spec/');

function faultIn(bytes: Buffer, shown: string): TextFault | undefined {
  if (bytes.subarray(0, LFS_POINTER.length).equals(LFS_POINTER)) {
    const error = new NexusError('BUNDLE_BINARY', `${shown} is a pointer of Git LFS: its content is not here.`, {
      hint: 'Get it by `git lfs pull`, and name the folder.',
      details: { path: shown, offset: 0 },
    });
    return { error, line: 1 };
  }
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) return badEncoding(shown, 0, 1);
  const zero = bytes.indexOf(0);
  if (zero === -1) return isUtf8(bytes) ? undefined : wrongByte(bytes, shown);
  const error = new NexusError('BUNDLE_BINARY', `${shown} is not text: byte ${zero} is NUL.`, {
    hint: 'Take it out of the bundle, or save it as plain text.',
    details: { path: shown, offset: zero },
  });
  return { error, line: bytes.toString('latin1', 0, zero).split('\n').length };
}

/** Finds the first byte that is wrong: a replacement character that the source does not itself contain. */
function wrongByte(bytes: Buffer, shown: string): TextFault {
  const text = bytes.toString('utf8');
  let offset = 0;
  let line = 1;
  let from = 0;
  for (let at = text.indexOf('\u{FFFD}'); at !== -1; at = text.indexOf('\u{FFFD}', from)) {
    const before = text.slice(from, at);
    offset += Buffer.byteLength(before);
    line += before.split('\n').length - 1;
    const isReal = bytes[offset] === 0xef && bytes[offset + 1] === 0xbf && bytes[offset + 2] === 0xbd;
    if (!isReal) break;
    offset += 3;
    from = at + 1;
  }
  return badEncoding(shown, offset, line);
}

function badEncoding(path: string, offset: number, line: number): TextFault {
  const message = `${path} is not UTF-8: byte ${offset}, on line ${line}, is wrong.`;
  const error = new NexusError('BUNDLE_ENCODING', message, { hint: 'Save the file as UTF-8.', details: { path, offset, line } });
  return { error, line };
}
