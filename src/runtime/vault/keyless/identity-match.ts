import { NexusError } from '../../../base/errors.ts';

/** Who a certificate says has signed. */
export interface SignerIdentity {
  /** Subject alternative name: an e-mail address, or the URI of a workflow. */
  subject: string;
  /** OIDC issuer who vouched for the subject. */
  issuer: string;
}

/** Whose signatures are wanted, as cosign has it: each of both by its text, or by a regular expression that it must contain. */
export interface ExpectedIdentity {
  subject: string | RegExp;
  issuer: string | RegExp;
}

/** What `verify` was told of the signer. */
export interface IdentityWords {
  identity?: string | undefined;
  identityRegexp?: string | undefined;
  issuer?: string | undefined;
  issuerRegexp?: string | undefined;
}

/** Undefined where nothing is said. Throws `USAGE` for one without the other, since an issuer may call anybody anything. */
export function expectedIdentity({
  identity,
  identityRegexp,
  issuer,
  issuerRegexp,
}: IdentityWords): ExpectedIdentity | undefined {
  const subject = oneOf({ text: identity, pattern: identityRegexp, flag: 'certificate-identity' });
  const from = oneOf({ text: issuer, pattern: issuerRegexp, flag: 'certificate-oidc-issuer' });
  if (subject === undefined && from === undefined) return undefined;
  if (subject !== undefined && from !== undefined) return { subject, issuer: from };
  throw new NexusError('USAGE', 'An identity is a name and who vouches for it: only one of both is given.', {
    hint: 'Give --certificate-identity and --certificate-oidc-issuer, or their -regexp forms.',
  });
}

interface Said {
  text: string | undefined;
  pattern: string | undefined;
  flag: string;
}

function oneOf({ text, pattern, flag }: Said): string | RegExp | undefined {
  if (text !== undefined && pattern !== undefined) {
    throw new NexusError('USAGE', `Give --${flag} or --${flag}-regexp, not both.`);
  }
  if (text === '' || pattern === '') throw new NexusError('USAGE', `--${flag} is empty: it would fit anybody.`);
  return pattern === undefined ? text : regexpOf(pattern, flag);
}

function regexpOf(pattern: string, flag: string): RegExp {
  try {
    return new RegExp(pattern, 'u');
  } catch (error) {
    throw new NexusError('USAGE', `--${flag}-regexp is no regular expression: ${pattern}`, { cause: error });
  }
}

export function isExpected({ subject, issuer }: SignerIdentity, expected: ExpectedIdentity): boolean {
  return fits(subject, expected.subject) && fits(issuer, expected.issuer);
}

function fits(text: string, wanted: string | RegExp): boolean {
  return typeof wanted === 'string' ? text === wanted : wanted.test(text);
}
