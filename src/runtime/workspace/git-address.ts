import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { NexusError } from '../../base/errors.ts';
import { isArchive } from '../../spec/archive/is-archive.ts';

/** Where in which repository a bundle lies: `REPOSITORY[@REF][#PATH]`. */
export interface GitAddress {
  /** What git is given: a URL, `user@host:path`, or an absolute path. May hold a password. */
  repository: string;
  /** The same without password and query, for people, files and logs. */
  shown: string;
  /** Branch, tag or commit; the repository's own choice where there is none. */
  ref: string | undefined;
  /** Folder or file inside of it, with `/`; empty for the root. */
  path: string;
}

const SCHEME = /^(?:git\+)?(https?|ssh|file):\/\//i;
const ANY_SCHEME = /^[a-z][a-z0-9+.-]+:\/\//i;
/** The short form of ssh; a single letter before the colon is a drive. */
const SHORT = /^(?:[\w.-]+@)[\w.-]+:(?!\/\/)/;

/** Reads a BUNDLE argument as an address in a git repository; undefined if it names a file or folder of this machine, or an archive. */
export function gitAddress(text: string, cwd: string): GitAddress | undefined {
  if (SCHEME.test(text) || SHORT.test(text)) return isPacked(text) ? undefined : remote(text);
  if (ANY_SCHEME.test(text)) {
    throw new NexusError('USAGE', `A bundle cannot be read from ${text.slice(0, text.indexOf(':'))}: addresses.`, {
      hint: 'Addresses are https://, ssh://, git+ssh:// and file:// to a git repository.',
    });
  }
  if (existsSync(resolve(cwd, text)) && !isBare(resolve(cwd, text))) return undefined;
  const { repository, ref, path } = split(text);
  const folder = resolve(cwd, repository);
  return isBare(folder) ? { repository: folder, shown: folder, ref, path } : undefined;
}

function isPacked(text: string): boolean {
  return /^https?:/i.test(text) && isArchive(text.replace(/[?#].*$/, ''));
}

function remote(text: string): GitAddress {
  const { repository, ref, path } = split(text.replace(/^git\+/i, ''));
  return { repository, shown: withoutSecrets(repository), ref, path };
}

function split(text: string): Omit<GitAddress, 'shown'> {
  const hash = text.indexOf('#');
  const whole = hash === -1 ? text : text.slice(0, hash);
  const path = hash === -1 ? '' : innerPath(text.slice(hash + 1));
  const plain = whole.endsWith('.git') ? null : /^(.*[/:][^/@:]+)@([^/@:]+)$/.exec(whole);
  const at = /^(.+?\.git\/?)@(.+)$/.exec(whole) ?? plain;
  const [, repository = whole, ref] = at ?? [];
  if (ref !== undefined && !/^[\w][\w./+-]*$/.test(ref)) {
    throw new NexusError('USAGE', `\`${ref}\` names no branch, tag or commit.`, { hint: 'Write REPOSITORY@REF#PATH.' });
  }
  return { repository, ref, path };
}

function innerPath(text: string): string {
  const parts = text.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..') || /[\p{Cc}:]/u.test(text)) {
    throw new NexusError('BUNDLE_ESCAPE', `\`${text}\` is no path inside of a repository.`, {
      hint: 'Write the path from the root of the repository behind the #.',
      details: { path: text },
    });
  }
  return parts.join('/');
}

/** A user name says how to log in, and an `ssh` address needs it; what follows it is nobody's business. */
export function withoutSecrets(address: string): string {
  const bare = address.replace(/[?#].*$/, '');
  return /^(?:git\+)?https?:/i.test(bare)
    ? bare.replace(/^((?:git\+)?https?:\/\/)[^/]*@/i, '$1')
    : bare.replace(/^([a-z+]+:\/\/[^/@:]*):[^/@]*@/i, '$1@');
}

/** A BUNDLE argument as it may be shown: without the password that an address may hold. */
export function shownBundle(text: string): string {
  const hash = text.indexOf('#');
  const address = hash === -1 ? text : text.slice(0, hash);
  return ANY_SCHEME.test(address) ? `${withoutSecrets(address)}${hash === -1 ? '' : text.slice(hash)}` : text;
}

/** A repository without a work tree, or the `.git` folder of one that has it. */
function isBare(folder: string): boolean {
  const isFolder = statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
  return isFolder && ['HEAD', 'objects', 'refs'].every((name) => existsSync(join(folder, name)));
}

/** URI of a bundle at one commit, in the form of SPDX: `git+https://host/repository.git@COMMIT#path`. */
export function gitUri({ shown, path }: GitAddress, commit: string): string {
  const short = /^([^/]+@[^/:]+):(.*)$/.exec(shown);
  const url = short === null ? (shown.startsWith('/') ? `file://${shown}` : shown) : `ssh://${short[1]}/${short[2]}`;
  return `git+${encodeURI(decoded(url))}@${commit}${path === '' ? '' : `#${path.split('/').map(encodeURIComponent).join('/')}`}`;
}

function decoded(url: string): string {
  try {
    return decodeURI(url);
  } catch {
    return url;
  }
}
