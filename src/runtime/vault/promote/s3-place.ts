import type * as s3 from '@aws-sdk/client-s3';
import type { PutObjectCommandInput, S3Client } from '@aws-sdk/client-s3';

import { type Digest, hexOf } from '../../../base/digest.ts';
import { messageOf, NexusError } from '../../../base/errors.ts';
import { isJsonObject } from '../../../base/json.ts';
import type { ObjectPlace, StoredObject } from './object-place.ts';

export interface S3Options {
  bucket: string;
  /** Before every key, without slashes at its ends; may be empty. */
  prefix: string;
  /** Of a service that is compatible with S3; then paths hold the bucket's name. */
  endpoint?: string | undefined;
  /** What is written may not be removed before this moment (RFC 3339). Needs a bucket with Object Lock. */
  retainUntil?: string | undefined;
  retention?: 'GOVERNANCE' | 'COMPLIANCE';
}

type Sdk = typeof s3;

/**
 * A bucket of S3, or of what speaks like it. Credentials and region are found as by every tool of AWS. The SDK is loaded with the first call: it takes
 * 160 ms and 34 MB.
 */
export function s3Place(options: S3Options): ObjectPlace {
  let opened: Promise<{ sdk: Sdk; client: S3Client }> | undefined;
  const { bucket } = options;
  const keyOf = (key: string): string => (options.prefix === '' ? key : `${options.prefix}/${key}`);
  async function send<T>(what: string, work: (sdk: Sdk, client: S3Client) => Promise<T>): Promise<T> {
    const { sdk, client } = await (opened ??= openClient(options));
    try {
      return await work(sdk, client);
    } catch (error) {
      throw refused(error, what, options);
    }
  }

  async function head(key: string): Promise<StoredObject | undefined> {
    return send(`read ${keyOf(key)}`, async (sdk, client) => {
      try {
        const found = await client.send(new sdk.HeadObjectCommand({ Bucket: bucket, Key: keyOf(key), ChecksumMode: 'ENABLED' }));
        const digest = digestFrom(found.ChecksumSHA256, found.Metadata?.['sha256']);
        return { digest, size: found.ContentLength ?? 0, ...(found.VersionId !== undefined && { version: found.VersionId }) };
      } catch (error) {
        if (statusOf(error) === 404 && nameOf(error) !== 'NoSuchBucket') return undefined;
        throw error;
      }
    });
  }

  return {
    head,
    async probe() {
      const lock = await send('say whether it locks objects', (sdk, client) => lockOf(sdk, client, bucket));
      if (options.retainUntil !== undefined && !lock) throw noLock(bucket);
      return { bucket: true, objectLock: lock };
    },
    async get(key) {
      return send(`read ${keyOf(key)}`, async (sdk, client) => {
        try {
          const found = await client.send(new sdk.GetObjectCommand({ Bucket: bucket, Key: keyOf(key) }));
          return await found.Body?.transformToByteArray();
        } catch (error) {
          if (nameOf(error) === 'NoSuchKey') return undefined;
          throw error;
        }
      });
    },
    async put(key, bytes, digest) {
      const checksum = Buffer.from(hexOf(digest), 'hex').toString('base64');
      const version = await send(`write ${keyOf(key)}`, async (sdk, client) => {
        const answer = await client.send(
          new sdk.PutObjectCommand({
            Bucket: bucket,
            Key: keyOf(key),
            Body: bytes,
            ContentLength: bytes.length,
            ChecksumSHA256: checksum,
            Metadata: { sha256: hexOf(digest) },
            ...retentionOf(options),
          }),
        );
        return answer.VersionId;
      });
      if (options.retainUntil !== undefined) {
        await send(`check the lock of ${keyOf(key)}`, async (sdk, client) => {
          const kept = await client.send(new sdk.HeadObjectCommand({ Bucket: bucket, Key: keyOf(key) }));
          if (kept.ObjectLockMode === undefined) throw noLock(bucket);
        });
      }
      return version === undefined ? {} : { version };
    },
  };
}

async function openClient({ endpoint }: S3Options): Promise<{ sdk: Sdk; client: S3Client }> {
  const sdk = await import('@aws-sdk/client-s3');
  const client = new sdk.S3Client({
    maxAttempts: 3,
    // Whole objects are sent with their SHA-256; services that are only like S3 do not know the newer trailers.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
  });
  return { sdk, client };
}

function retentionOf({ retainUntil, retention = 'GOVERNANCE' }: S3Options): Partial<PutObjectCommandInput> {
  return retainUntil === undefined ? {} : { ObjectLockMode: retention, ObjectLockRetainUntilDate: new Date(retainUntil) };
}

/** Asked first, because its answer has a body: one to HEAD tells nothing but a status. */
async function lockOf(sdk: Sdk, client: S3Client, bucket: string): Promise<boolean> {
  try {
    const { ObjectLockConfiguration: lock } = await client.send(new sdk.GetObjectLockConfigurationCommand({ Bucket: bucket }));
    return lock?.ObjectLockEnabled === 'Enabled';
  } catch (error) {
    // Buckets without it answer 404, services that have no such thing 405 or 501; who may not ask may still write.
    const mayGoOn = [403, 404, 405, 501].includes(statusOf(error) ?? 0) && !FATAL.has(nameOf(error));
    if (!mayGoOn) throw error;
    await client.send(new sdk.HeadBucketCommand({ Bucket: bucket })).catch((head: unknown) => {
      throw statusOf(error) === 403 ? error : head;
    });
    return false;
  }
}

const FATAL = new Set(['NoSuchBucket', 'RequestTimeTooSkewed', 'SignatureDoesNotMatch', 'InvalidAccessKeyId']);

function digestFrom(checksum: string | undefined, hex: string | undefined): Digest | undefined {
  // Of an object in parts the checksum is one of checksums, and ends in -N.
  if (checksum !== undefined && /^[A-Za-z0-9+/]{43}=$/.test(checksum)) {
    return `sha256:${Buffer.from(checksum, 'base64').toString('hex')}`;
  }
  return hex !== undefined && /^[0-9a-f]{64}$/.test(hex) ? `sha256:${hex}` : undefined;
}

function noLock(bucket: string): NexusError {
  return new NexusError('PROMOTION_FAILED', `Bucket ${bucket} does not lock objects, so that nothing can be retained in it.`, {
    hint: 'Make a bucket with Object Lock, or leave --retain out.',
    details: { bucket },
  });
}

function statusOf(error: unknown): number | undefined {
  const metadata = isRecord(error) ? error['$metadata'] : undefined;
  const status = isRecord(metadata) ? metadata['httpStatusCode'] : undefined;
  return typeof status === 'number' ? status : undefined;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && (isJsonObject(value) || value instanceof Error);
}

const HINTS: readonly (readonly [RegExp, string])[] = [
  [/NoSuchBucket|NotFound/, 'There is no such bucket: make it, or name another.'],
  [
    /PermanentRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraint|301/,
    'The bucket is in another region: set AWS_REGION to its own.',
  ],
  [/RequestTimeTooSkewed/, 'The clock of this machine is wrong: set it.'],
  [
    /Credentials|AccessDenied|Forbidden|InvalidAccessKeyId|SignatureDoesNotMatch/,
    'Check the credentials: AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
  ],
  [/Region/, 'Set AWS_REGION.'],
];

function refused(error: unknown, what: string, { bucket, endpoint }: S3Options): NexusError {
  if (error instanceof NexusError) return error;
  const name = nameOf(error);
  const status = statusOf(error);
  const message = messageOf(error);
  const said = `${name} ${status ?? ''} ${message}`;
  const hint = HINTS.find(([pattern]) => pattern.test(said))?.[1] ?? 'Check that the bucket can be reached.';
  return new NexusError(
    'PROMOTION_FAILED',
    `Bucket ${bucket} refused to ${what}: ${name === message ? name : `${name}: ${message}`}.`,
    {
      hint: `${hint} Then run the same command again: what is done is not done twice.`,
      details: { bucket, endpoint, status, code: name },
      cause: error,
    },
  );
}
