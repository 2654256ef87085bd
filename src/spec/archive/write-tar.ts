/** A file to be packed. */
export interface TarFile {
  /** Relative, with `/`. */
  path: string;
  content: Uint8Array;
}

const BLOCK = 512;

/**
 * A tar archive (POSIX ustar, with pax headers for paths that are long or not ASCII; IEEE 1003.1-2017). The same files give the same bytes: no owners, and
 * `time` for all, in seconds since 1970. Made in pieces, so that what is large need not be there twice.
 */
export function* writeTar(files: Iterable<TarFile>, { time = 0 }: { time?: number } = {}): Generator<Uint8Array> {
  for (const { path, content } of files) {
    const name = Buffer.from(path);
    if (name.length > 100 || !/^[\x20-\x7e]*$/.test(path)) {
      const record = paxRecord('path', path);
      yield header(Buffer.from('pax'), { size: record.length, type: 'x', time });
      yield padded(record);
    }
    yield header(name.subarray(0, 100), { size: content.length, type: '0', time });
    yield padded(content);
  }
  yield Buffer.alloc(2 * BLOCK);
}

function header(name: Uint8Array, { size, type, time }: { size: number; type: '0' | 'x'; time: number }): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.set(name, 0);
  block.write('0000644\0', 100);
  block.write('0000000\0', 108);
  block.write('0000000\0', 116);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.write(`${time.toString(8).padStart(11, '0')}\0`, 136);
  block.write('        ', 148);
  block.write(type, 156);
  block.write('ustar\u000000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/** `LENGTH KEY=VALUE\n`, where the length counts itself. */
function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  if (rest + String(length).length !== length) length = rest + String(length).length;
  return Buffer.from(`${length} ${key}=${value}\n`);
}

function padded(content: Uint8Array): Uint8Array {
  const rest = content.length % BLOCK;
  return rest === 0 ? content : Buffer.concat([content, Buffer.alloc(BLOCK - rest)]);
}
