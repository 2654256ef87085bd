import { isIP } from 'node:net';

/** A host as rules and requests are compared: how it is spelled means nothing. */
interface Target {
  host: string;
  port: number;
}

interface HostRule extends Target {
  /** Any name below `host`, and not `host` itself. */
  below: boolean;
}

const HOST = /^(?:[a-z\d_.-]+|\[[\da-f:]+\])$/;

/** What a rule without a port means: https, and nothing that could be read on the way. */
const DEFAULT_PORT = 443;

/** Whether a rule (`host`, `host:port`, `*.host`, `*.host:port`) lets a connection through. What is no rule lets nothing through. */
export function hostRuleAllows(rule: string, host: string, port: number): boolean {
  const read = readHostRule(rule);
  const name = canonicalHost(host);
  if (read === undefined || name === undefined || read.port !== port) return false;
  return read.below ? isBelow(name, read.host) : name === read.host;
}

/** The rule that allows what both allow, in full form; none if there is no such thing. */
export function intersectHosts(a: string, b: string): string[] {
  const [left, right] = [readHostRule(a), readHostRule(b)];
  if (left === undefined || right === undefined || left.port !== right.port) return [];
  if (left.host === right.host && left.below === right.below) return [textOf(left)];
  if (left.below && isBelow(right.host, left.host)) return [textOf(right)];
  if (right.below && isBelow(left.host, right.host)) return [textOf(left)];
  return [];
}

/** Whether a text is a rule at all: names and addresses as they are written canonically, so that what is read is what is meant. */
export function readHostRule(rule: string): HostRule | undefined {
  const below = rule.startsWith('*.');
  const rest = below ? rule.slice(2) : rule;
  const [, host = rest, digits] = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(rest) ?? [];
  const port = digits === undefined ? DEFAULT_PORT : Number(digits);
  const name = canonicalHost(host);
  if (name === undefined || port === 0 || port > 65_535) return undefined;
  // An address has nothing below it, and a suffix of a single label would be half the internet.
  if (below && (isIP(bare(name)) !== 0 || !name.includes('.'))) return undefined;
  return { host: name, port, below };
}

/**
 * The one spelling of a host: `EXAMPLE.com.` is `example.com`, `127.1` and `0x7f000001` are `127.0.0.1`, IPv6 stands in brackets. Undefined for
 * what is no host, and for names that could be taken for something else on the way (user names, ports, blanks, a NUL).
 */
function canonicalHost(host: string): string | undefined {
  const text = isIP(host) === 6 ? `[${host}]` : host;
  if (text === '' || text.length > 253 || /[\s\p{Cc}/\\?#@%]/u.test(text) || (text.includes(':') && !text.startsWith('[')))
    return undefined;
  const url = URL.parse(`http://${text}/`);
  if (url === null || url.port !== '' || url.username !== '' || url.pathname !== '/') return undefined;
  const name = url.hostname.replace(/\.$/, '');
  return HOST.test(name) && !name.startsWith('.') && !name.includes('..') ? embedded(name) : undefined;
}

/** `::ffff:127.0.0.1` is 127.0.0.1 by another name. */
function embedded(name: string): string {
  const [, high, low] = /^\[::ffff:([\da-f]{1,4}):([\da-f]{1,4})\]$/.exec(name) ?? [];
  if (high === undefined || low === undefined) return name;
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [a >> 8, a & 255, b >> 8, b & 255].join('.');
}

function isBelow(name: string, suffix: string): boolean {
  return isIP(bare(name)) === 0 && name.endsWith(`.${suffix}`);
}

function bare(name: string): string {
  return name.replace(/^\[|\]$/g, '');
}

function textOf({ host, port, below }: HostRule): string {
  return `${below ? '*.' : ''}${host}:${port}`;
}
