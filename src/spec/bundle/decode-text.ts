import { isUtf8 } from 'node:buffer';

import { NexusError } from '../../base/errors.ts';

/** The text of a bundle's file, without byte order mark. Throws `BUNDLE_BINARY` or `BUNDLE_ENCODING` with the place. */
export function decodeText(bytes: Buffer, shown: string): string {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) throw badEncoding(shown, 0, 1);
  const zero = bytes.indexOf(0);
  if (zero !== -1) {
    const hint = 'Take it out of the bundle, or save it as plain text.';
    throw new NexusError('BUNDLE_BINARY', `${shown} is not text: byte ${zero} is NUL.`, {
      hint,
      details: { path: shown, offset: zero },
    });
  }
  if (!isUtf8(bytes)) refuseEncoding(bytes, shown);
  const text = bytes.toString('utf8');
  return text.startsWith('\u{FEFF}') ? text.slice(1) : text;
}

/** Finds the first byte that is wrong: a replacement character that the source does not itself contain. */
function refuseEncoding(bytes: Buffer, shown: string): never {
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
  throw badEncoding(shown, offset, line);
}

function badEncoding(path: string, offset: number, line: number): NexusError {
  const message = `${path} is not UTF-8: byte ${offset}, on line ${line}, is wrong.`;
  return new NexusError('BUNDLE_ENCODING', message, { hint: 'Save the file as UTF-8.', details: { path, offset, line } });
}
