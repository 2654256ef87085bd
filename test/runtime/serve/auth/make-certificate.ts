import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

export interface Certificate {
  cert: Buffer;
  key: Buffer;
}

interface Wanted {
  cn: string;
  /** Subject alternative names: `URI:…`, `DNS:…`, `IP:127.0.0.1`. */
  names?: readonly string[];
  /** Who signs it; itself if nobody. */
  by?: Authority;
  /** Whether it is over. */
  over?: boolean;
}

export interface Authority extends Certificate {
  cn: string;
  privateKey: KeyObject;
}

/** A certificate (RFC 5280) with a P-256 key, as small as one can be. */
export function makeCertificate({ cn, names = [], by, over = false }: Wanted): Authority {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const algorithm = sequence(oid('1.2.840.10045.4.3.2'));
  const years = over ? ['200101000000Z', '210101000000Z'] : ['200101000000Z', '491231235959Z'];
  const extensions = [
    ...(by === undefined ? [extension('2.5.29.19', sequence(tag(0x01, Buffer.from([0xff]))))] : []),
    ...(names.length === 0 ? [] : [extension('2.5.29.17', sequence(...names.map(generalName)))]),
  ];
  const body = sequence(
    tag(0xa0, tag(0x02, Buffer.from([2]))),
    tag(0x02, Buffer.concat([Buffer.from([0x01]), randomBytes(8)])),
    algorithm,
    nameOf(by?.cn ?? cn),
    sequence(...years.map((each) => tag(0x17, Buffer.from(each)))),
    nameOf(cn),
    publicKey.export({ type: 'spki', format: 'der' }),
    ...(extensions.length === 0 ? [] : [tag(0xa3, sequence(...extensions))]),
  );
  const signature = sign('sha256', body, by?.privateKey ?? privateKey);
  const der = sequence(body, algorithm, tag(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines =
    der
      .toString('base64')
      .match(/.{1,64}/g)
      ?.join('\n') ?? '';
  const cert = Buffer.from(`-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`);
  return { cn, privateKey, cert, key: Buffer.from(privateKey.export({ type: 'pkcs8', format: 'pem' })) };
}

/** DER (X.690): a tag, a length, and what is in it. */
function tag(number: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([number, ...size]), content]);
}

const sequence = (...parts: Buffer[]): Buffer => tag(0x30, ...parts);

function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes = rest.flatMap((arc) => {
    const digits = [arc & 0x7f];
    for (let left = arc >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80);
    return digits;
  });
  return tag(0x06, Buffer.from([first * 40 + second, ...bytes]));
}

const nameOf = (cn: string): Buffer => sequence(tag(0x31, sequence(oid('2.5.4.3'), tag(0x0c, Buffer.from(cn)))));

const extension = (id: string, value: Buffer): Buffer => sequence(oid(id), tag(0x04, value));

function generalName(name: string): Buffer {
  const [, kind = '', value = ''] = /^(\w+):(.*)$/.exec(name) ?? [];
  if (kind === 'IP') return tag(0x87, Buffer.from(value.split('.').map(Number)));
  return tag(kind === 'URI' ? 0x86 : 0x82, Buffer.from(value));
}
