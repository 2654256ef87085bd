import { crc32, deflateRawSync } from 'node:zlib';

/** An entry to be packed, with everything that an attacker could write into its header. */
export interface Packed {
  name: string;
  content?: string | Buffer;
  /** Of tar: `0` file, `1` hard link, `2` symbolic link, `3` device, `5` folder. */
  type?: string;
  link?: string;
  /** Of zip: Unix mode; and what the headers claim. */
  mode?: number;
  size?: number;
  localName?: string;
  flags?: number;
  method?: number;
}

/** A ustar archive of just these entries. */
export function tar(entries: readonly Packed[]): Buffer {
  return Buffer.concat([...entries.flatMap(tarEntry), Buffer.alloc(1024)]);
}

function tarEntry({ name, content = '', type = '0', link = '', size }: Packed): Buffer[] {
  const body = Buffer.from(content);
  const header = Buffer.alloc(512);
  header.write(name, 0, 100, 'utf8');
  header.write('0000644\0', 100);
  header.write(`${(size ?? body.length).toString(8).padStart(11, '0')}\0`, 124);
  header.write('        ', 148);
  header.write(type, 156);
  header.write(link, 157, 100, 'utf8');
  header.write('ustar\u000000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return [header, body, Buffer.alloc((512 - (body.length % 512)) % 512)];
}

/** A pax header for the entry after it. */
export function pax(records: Record<string, string>): Packed {
  const lines = Object.entries(records).map(([key, value]) => {
    const rest = Buffer.byteLength(` ${key}=${value}\n`);
    let length = rest + String(rest).length;
    if (String(length).length !== String(rest).length) length = rest + String(length).length;
    return `${length} ${key}=${value}\n`;
  });
  return { name: 'pax', type: 'x', content: lines.join('') };
}

/** A zip archive of just these entries, deflated. */
export function zip(entries: readonly Packed[]): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const body = Buffer.from(entry.content ?? '');
    const data = entry.method === 0 ? body : deflateRawSync(body);
    const local = Buffer.concat([record(entry, { body, data, name: entry.localName ?? entry.name }), data]);
    locals.push(local);
    central.push(record(entry, { body, data, name: entry.name, offset }));
    offset += local.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

function record(
  { mode, size, flags = 0x800, method = 8 }: Packed,
  { body, data, name, offset }: { body: Buffer; data: Buffer; name: string; offset?: number },
): Buffer {
  const bytes = Buffer.from(name);
  const isCentral = offset !== undefined;
  const header = Buffer.alloc(isCentral ? 46 : 30);
  header.writeUInt32LE(isCentral ? 0x02014b50 : 0x04034b50, 0);
  const at = isCentral ? 6 : 4;
  if (isCentral) header.writeUInt16LE((3 << 8) | 20, 4);
  header.writeUInt16LE(flags, at + 2);
  header.writeUInt16LE(method, at + 4);
  header.writeUInt32LE(crc32(body), at + 10);
  header.writeUInt32LE(data.length, at + 14);
  header.writeUInt32LE(size ?? body.length, at + 18);
  header.writeUInt16LE(bytes.length, at + 22);
  if (isCentral) {
    header.writeUInt32LE(((mode ?? 0o100644) << 16) >>> 0, 38);
    header.writeUInt32LE(offset, 42);
  }
  return Buffer.concat([header, bytes]);
}
