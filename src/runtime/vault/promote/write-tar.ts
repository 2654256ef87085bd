import { gzipSync } from 'node:zlib';

/** A file of an archive. */
export interface TarFile {
  path: string;
  bytes: Uint8Array;
}

const BLOCK = 512;

/**
 * A gzipped tar archive (IEEE 1003.1-2017, ustar with pax headers for what does not fit): the same files yield the same bytes, with no
 * owner, and one time for all.
 */
export function writeTar(files: Iterable<TarFile>, { top, time }: { top: string; time: string }): Buffer {
  const mtime = Math.floor(Date.parse(time) / 1000);
  const parts: Uint8Array[] = [];
  for (const { path, bytes } of files) {
    const name = `${top}/${path}`;
    if (Buffer.byteLength(name) > 100 || !/^[\x20-\x7e]*$/.test(name)) {
      const record = paxRecord('path', name);
      parts.push(header({ name: 'pax', size: record.length, type: 'x', mtime }), ...padded(record));
    }
    parts.push(header({ name, size: bytes.length, type: '0', mtime }), ...padded(bytes));
  }
  parts.push(Buffer.alloc(2 * BLOCK));
  const packed = gzipSync(Buffer.concat(parts), { level: 9 });
  // RFC 1952: byte 9 names the operating system; Node's zlib writes its own.
  packed[9] = 255;
  return packed;
}

function padded(bytes: Uint8Array): Uint8Array[] {
  return [bytes, Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK)];
}

/** `LENGTH KEY=VALUE\n`, where the length counts itself. */
function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  if (rest + String(length).length !== length) length = rest + String(length).length;
  return Buffer.from(`${length} ${key}=${value}\n`);
}

function header({ name, size, type, mtime }: { name: string; size: number; type: string; mtime: number }): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write(Buffer.from(name).subarray(0, 100).toString('latin1'), 0, 'latin1');
  block.write('0000644\0', 100, 'latin1');
  block.write('0000000\0', 108, 'latin1');
  block.write('0000000\0', 116, 'latin1');
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  block.write(`${mtime.toString(8).padStart(11, '0')}\0`, 136, 'latin1');
  block.write('        ', 148, 'latin1');
  block.write(type, 156, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}
