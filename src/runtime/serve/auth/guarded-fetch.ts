import { lookup } from 'node:dns';
import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';

import { messageOf, NexusError } from '../../../base/errors.ts';
import { isJsonObject, type JsonObject, parsedJson } from '../../../base/json.ts';

export interface FetchOptions {
  /** It may lie at a private address, or at this machine without TLS. */
  privateNetwork?: boolean | undefined;
  /** Certificates that its own comes from, PEM; the public ones if there are none. */
  ca?: Buffer | undefined;
  token?: string | undefined;
  /** Sent by POST as a form. */
  form?: URLSearchParams | undefined;
}

/** Most bytes of an answer, and milliseconds within which it must have come. */
const SIZE = 524_288;
const PATIENCE = 5000;

/**
 * Asks somebody else's address for a JSON object, so that the answer is all that it can bring about: over TLS, at a public address (the one that is connected
 * to is looked at, whatever a name stood for before), without following it elsewhere, within bounds. Throws `ISSUER_UNREACHABLE`.
 */
export async function fetchJson(address: string, options: FetchOptions = {}): Promise<JsonObject> {
  const url = URL.parse(address);
  const refusal = url === null ? 'It is no address.' : refuseAddress(url, options.privateNetwork === true);
  if (url === null || refusal !== undefined) throw unreachable(address, refusal ?? 'It is no address.');
  const { status, text } = await ask(url, options).catch((error: unknown) => {
    throw unreachable(address, messageOf(error), { cause: error });
  });
  const value = parsedJson(text);
  if (status === 200 && isJsonObject(value)) return value;
  const what = status === 200 ? 'It answers with something else than a JSON object.' : `It answers with status ${status}.`;
  throw unreachable(address, what, { status });
}

function refuseAddress({ protocol, hostname, username, hash }: URL, privateNetwork: boolean): string | undefined {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (username !== '' || hash !== '') return 'There is a user or a fragment in it.';
  if (protocol === 'http:' && privateNetwork && (host === 'localhost' || isLoopback(host))) return undefined;
  if (protocol !== 'https:') return 'It must be https.';
  // What is no name is never looked up: it is looked at here.
  return isIP(host) !== 0 && !privateNetwork && !isPublic(host) ? 'It is a private address.' : undefined;
}

function ask(url: URL, { privateNetwork = false, ca, token, form }: FetchOptions): Promise<{ status: number; text: string }> {
  const body = form?.toString();
  const options = {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      accept: 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
    },
    lookup: privateNetwork ? undefined : publicLookup,
    // Each has a connection of its own: none is left that was made under other rules.
    agent: false,
    signal: AbortSignal.timeout(PATIENCE),
    ...(ca === undefined ? {} : { ca }),
  };
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'http:' ? plainRequest : secureRequest)(url, options, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size > SIZE) request.destroy(new Error(`It answers with more than ${SIZE} bytes.`));
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** The addresses of a name, if all of them are public. */
const publicLookup: LookupFunction = (host, options, done) => {
  lookup(host, { ...options, all: true }, (error, addresses) => {
    const hidden = addresses?.find(({ address }) => !isPublic(address));
    const refused = error ?? (hidden && Object.assign(new Error(`${host} is at a private address.`), { code: 'EACCES' }));
    const [first] = addresses ?? [];
    if (refused !== null && refused !== undefined) done(refused, '', 0);
    else if (options.all === true) done(null, addresses);
    else done(null, first?.address ?? '', first?.family ?? 0);
  });
};

const isPublic = (address: string): boolean => !NOT_PUBLIC.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

const isLoopback = (address: string): boolean =>
  isIP(address) !== 0 && LOOPBACK.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

function blockList(ranges: string): BlockList {
  const list = new BlockList();
  for (const range of ranges.trim().split(/\s+/)) {
    const [net = '', bits = ''] = range.split('/');
    list.addSubnet(net, Number(bits), isIP(net) === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}

const LOOPBACK = blockList('127.0.0.0/8 ::1/128');

/** What the IANA registries of special-purpose addresses (RFC 6890) do not call globally reachable, and IPv6 that has IPv4 in it. */
const NOT_PUBLIC = blockList(`
  0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 192.168.0.0/16
  198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/3
  ::/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 2002::/16 3fff::/20 5f00::/16 fc00::/7 fe80::/9 ff00::/8
`);

function unreachable(
  address: string,
  what: string,
  { cause, ...details }: { cause?: unknown; status?: number } = {},
): NexusError {
  return new NexusError('ISSUER_UNREACHABLE', `The issuer of tokens at ${address} cannot be asked. ${what}`, {
    hint: 'Issuers lie at public https addresses, unless the configuration of the server says `privateNetwork`.',
    details: { address, ...details },
    cause,
  });
}
