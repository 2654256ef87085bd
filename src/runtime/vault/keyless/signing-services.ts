import { messageOf, NexusError } from '../../../base/errors.ts';
import { isJsonObject, type JsonValue } from '../../../base/json.ts';
import { parseStrictJson } from '../strict-json.ts';

/** Where keyless signing is done. A type of JSON: missions keep it in the log. */
export type SigningServices = {
  /** Certificate authority: Fulcio. */
  ca: string;
  /** Transparency log: Rekor of this version of its write API. */
  log?: { url: string; version: 1 | 2 };
  /** Time stamps, RFC 3161: the whole address. */
  timestamps?: string;
  /** OIDC issuer for people, who log in with a browser. */
  issuer: string;
};

/** The public instance (docs.sigstore.dev). Its second log changes its address every year, and is named by a signing configuration. */
export const PUBLIC_SERVICES: SigningServices = {
  ca: 'https://fulcio.sigstore.dev',
  log: { url: 'https://rekor.sigstore.dev', version: 1 },
  timestamps: 'https://timestamp.sigstore.dev/api/v1/timestamp',
  issuer: 'https://oauth2.sigstore.dev/auth',
};

const MAX_CONFIG = 2 ** 16;
const MEDIA_TYPE = 'application/vnd.dev.sigstore.signingconfig.v0.2+json';

interface Service {
  url: string;
  version: number;
}

/**
 * The services in a Sigstore signing configuration (`signing_config.json`, v0.2), as they are in use at `now` (milliseconds): of each kind the first of the highest version that is
 * known here. Throws `TRUSTED_ROOT_UNUSABLE`.
 */
export function readSigningConfig(text: string, now: number): SigningServices {
  try {
    if (text.length > MAX_CONFIG) throw new Error('it is too large');
    const config = parseStrictJson(Buffer.from(text));
    if (!isJsonObject(config) || config['mediaType'] !== MEDIA_TYPE) throw new Error(`its mediaType is not ${MEDIA_TYPE}`);
    const pick = (name: string, versions: readonly number[]) => chosen(config[name], { versions, now });
    const [ca, issuer] = [pick('caUrls', [1]), pick('oidcUrls', [1])];
    const [log, timestamps] = [pick('rekorTlogUrls', [2, 1]), pick('tsaUrls', [1])];
    if (ca === undefined) throw new Error('it names no certificate authority that is in use now');
    if (log === undefined && timestamps === undefined)
      throw new Error('it names no log and no time stamps: nobody could say when something was signed');
    return {
      ca: ca.url,
      ...(log && { log: { url: log.url, version: log.version === 2 ? 2 : 1 } }),
      ...(timestamps && { timestamps: timestamps.url }),
      issuer: issuer?.url ?? PUBLIC_SERVICES.issuer,
    };
  } catch (error) {
    throw new NexusError('TRUSTED_ROOT_UNUSABLE', `What was given is no Sigstore signing configuration: ${messageOf(error)}.`, {
      hint: 'It is the `signing_config.json` of a Sigstore instance, v0.2; `cosign signing-config create` writes one.',
      cause: error,
    });
  }
}

function chosen(
  value: JsonValue | undefined,
  { versions, now }: { versions: readonly number[]; now: number },
): Service | undefined {
  const services = (Array.isArray(value) ? value : []).flatMap((each) => serviceOf(each, now) ?? []);
  return versions
    .map((version) => services.find((service) => service.version === version))
    .find((service) => service !== undefined);
}

function serviceOf(value: JsonValue, now: number): Service | undefined {
  if (!isJsonObject(value)) return undefined;
  const { url, majorApiVersion: version = 1, validFor = {} } = value;
  if (typeof url !== 'string' || !/^https?:\/\//.test(url) || !URL.canParse(url)) throw new Error('an address in it is none');
  const { start, end } = isJsonObject(validFor) ? validFor : {};
  const isInUse = (typeof start !== 'string' || Date.parse(start) <= now) && (typeof end !== 'string' || now < Date.parse(end));
  return typeof version === 'number' && isInUse ? { url: url.replace(/\/+$/, ''), version } : undefined;
}
