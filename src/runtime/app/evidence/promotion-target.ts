import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { systemClock } from '../../../base/clock.ts';
import type { Digest } from '../../../base/digest.ts';
import { messageOf, NexusError } from '../../../base/errors.ts';
import { parseVkey } from '../../log/signed-note.ts';
import { folderPlace } from '../../vault/promote/folder-place.ts';
import { githubTarget } from '../../vault/promote/github-target.ts';
import { ledgerTarget } from '../../vault/promote/ledger-target.ts';
import type { ObjectPlace } from '../../vault/promote/object-place.ts';
import { objectTarget } from '../../vault/promote/object-target.ts';
import type { PromotionTarget } from '../../vault/promote/promotion.ts';
import { s3Place } from '../../vault/promote/s3-place.ts';
import type { SigningKey } from '../../vault/signing-key.ts';
import { GitRelease } from '../../workspace/git-release.ts';
import { requireDuration } from '../amounts.ts';
import { readConfig } from '../config.ts';
import type { PromoteInput } from '../operations.ts';

/** What targets need of the workspace. */
export interface TargetParts {
  cwd: string;
  mission: string;
  /** Folder for what git needs; removed afterwards. */
  scratch: string;
  key: SigningKey;
  /** PEM by hint. */
  publicKeys: ReadonlyMap<string, string>;
  keep: (bytes: Uint8Array) => Promise<Digest>;
}

/** Reads `--to`. Throws `USAGE`, and `PROMOTION_FAILED` where a credential is missing. */
export function objectPlaceAt(to: string, { cwd, endpoint }: { cwd: string; endpoint?: string | undefined }): NamedPlace {
  if (to.startsWith('dir:')) {
    const dir = resolve(cwd, to.slice('dir:'.length));
    return { address: `dir:${dir}`, place: folderPlace(dir) };
  }
  if (to.startsWith('s3://')) return s3At({ to, s3: endpoint === undefined ? {} : { endpoint } });
  throw unknown(to);
}

/** A place, and how it is called. */
interface NamedPlace {
  address: string;
  place: ObjectPlace;
}

export function promotionTarget(input: PromoteInput, parts: TargetParts): PromotionTarget {
  const { to } = input;
  if (to.startsWith('dir:')) {
    const { address, place } = objectPlaceAt(to, parts);
    return objectTarget(address, place);
  }
  if (to.startsWith('s3://')) {
    const { address, place } = s3At(input);
    return objectTarget(address, place);
  }
  if (to.startsWith('github:')) return toGitHub(input, parts);
  if (to.startsWith('ledger:')) return toLedger(input, parts);
  throw unknown(to);
}

function unknown(to: string): NexusError {
  return new NexusError('USAGE', `\`${to}\` is no place to promote to.`, {
    hint: 'Write github:OWNER/REPO, s3://BUCKET/PREFIX, ledger:URL or dir:PATH.',
  });
}

function s3At({ to, s3 = {} }: Pick<PromoteInput, 'to' | 's3'>): NamedPlace {
  const [, bucket, path = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(to) ?? [];
  if (bucket === undefined || path.split('/').includes('..')) throw unknown(to);
  const prefix = path.replace(/^\/+|\/+$/g, '');
  const endpoint = s3.endpoint ?? readConfig().s3Endpoint;
  const retainUntil =
    s3.retain === undefined ? undefined : new Date(systemClock.now() + requireDuration(s3.retain)).toISOString();
  const retention = s3.compliance === true ? 'COMPLIANCE' : 'GOVERNANCE';
  const address = `s3://${bucket}${prefix === '' ? '' : `/${prefix}`}${endpoint === undefined ? '' : ` at ${hostOf(endpoint)}`}`;
  return { address, place: s3Place({ bucket, prefix, endpoint, retainUntil, retention }) };
}

function hostOf(url: string): string {
  if (URL.canParse(url)) return new URL(url).host;
  throw new NexusError('USAGE', `\`${url}\` is no address.`, { hint: 'Write it with https:// before it.' });
}

function toGitHub({ to, github = {} }: PromoteInput, { mission, scratch, key }: TargetParts): PromotionTarget {
  const [, owner, repo] = /^github:([\w.-]+)\/([\w.-]+)$/.exec(to) ?? [];
  if (owner === undefined || repo === undefined) throw unknown(to);
  const config = readConfig();
  const { token } = config.github;
  if (token === undefined) {
    throw new NexusError('PROMOTION_FAILED', 'There is no token for GitHub.', {
      hint: 'Set GITHUB_TOKEN to one that may write contents and pull requests of the repository.',
    });
  }
  const api = (github.api ?? config.github.api).replace(/\/+$/, '');
  const host = hostOf(api);
  const tag = github.tag ?? `mission-${mission.slice(0, 8)}`;
  if (!/^[A-Za-z0-9][\w.+-]{0,99}$/.test(tag) || tag.includes('..') || tag.endsWith('.lock')) {
    throw new NexusError('USAGE', `\`${tag}\` is no name for a tag.`, { hint: 'Use letters, digits, dots and dashes.' });
  }
  const open = (url: string): GitRelease => new GitRelease({ url, token, env: config.git, folder: join(scratch, 'git') });
  const { base, create, merge = false } = github;
  const target = githubTarget({ api, token, owner, repo, base, create, merge, tag, key, open });
  return host === 'api.github.com' ? target : { ...target, address: `${target.address} at ${host}` };
}

function toLedger({ to, ledgerKey }: PromoteInput, { cwd, publicKeys, keep }: TargetParts): PromotionTarget {
  const url = to.slice('ledger:'.length).replace(/\/+$/, '');
  if (!/^https?:\/\//.test(url) || !URL.canParse(url) || new URL(url).username !== '') throw unknown(to);
  const key = ledgerKey === undefined ? undefined : parseVkey(readText(resolve(cwd, ledgerKey)));
  return ledgerTarget({ url, key, publicKeys, keep });
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new NexusError('USAGE', `The key file ${path} cannot be read: ${messageOf(error)}`, {
      hint: '--ledger-key takes a file with the one line of a log key: NAME+KEYID+BASE64.',
    });
  }
}
