import type { Octokit } from '@octokit/rest';

import { messageOf, NexusError } from '../../../base/errors.ts';

/** Who asks, and where. */
export interface GitHubAccess {
  /** Of the API: `https://api.github.com`, `https://HOST/api/v3` of an Enterprise server. */
  api: string;
  token: string;
}

/** Milliseconds that one request may take. */
const TIMEOUT = 120_000;

/** Loaded when the first step asks something. */
export async function openGitHub({ api, token }: GitHubAccess): Promise<Octokit> {
  const { Octokit } = await import('@octokit/rest');
  const silent = () => undefined;
  return new Octokit({
    auth: token,
    baseUrl: api,
    userAgent: 'agentnexus',
    log: { debug: silent, info: silent, warn: silent, error: silent },
  });
}

export function limits(): { signal: AbortSignal } {
  return { signal: AbortSignal.timeout(TIMEOUT) };
}

/** What GitHub answers, or undefined for `404`. */
export async function unlessMissing<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : undefined;
}

const HINTS: Readonly<Record<number, string>> = {
  401: 'GITHUB_TOKEN is not valid there.',
  403: 'GITHUB_TOKEN may not do that: it needs to write contents and pull requests. Or too much was asked of GitHub: wait a while.',
  404: 'There is no such repository, or GITHUB_TOKEN may not see it.',
  405: 'The rules of the branch do not allow it yet.',
  409: 'It was changed meanwhile.',
  422: 'GitHub does not take it as it is.',
  429: 'Too much was asked of GitHub: wait a while.',
};

/** Does a step's work, and makes what goes wrong an error of ours. */
export async function asking<T>(what: string, { api, token }: GitHubAccess, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof NexusError || !(error instanceof Error) || error.name === 'PromotionWaits') throw error;
    const status = statusOf(error);
    const why = messageOf(error).replaceAll(token, '***');
    throw new NexusError('PROMOTION_FAILED', `GitHub did not ${what}: ${why}${/[.!?]$/.test(why) ? '' : '.'}`, {
      hint: `${HINTS[status ?? 0] ?? `Check that ${api} can be reached.`} Then run the same command again: what is done is not done twice.`,
      details: { api, status },
      cause: error,
    });
  }
}
