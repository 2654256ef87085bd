import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

import { CompactSign } from 'jose';
import { describe, expect, it } from 'vitest';

import { checkSignature } from '../../../../src/runtime/policy/release/bundle-signature.ts';
import { policyOf } from './policy-bundle.ts';

/*
 * Hashes are those of OPA 1.22: `opa sign --bundle`. That the two agree on whole bundles is a test of interop.
 */

const FILES = {
  'policy.rego': 'package agentnexus.release\nallow := true\n',
  'bar/data.json': '{"z": 1.50, "a": [1e3, "\\u2028<é>", null, true], "b": {}}',
  '.manifest': '{"revision":"1","roots":["agentnexus","bar"]}',
};

const LISTED = [
  { name: '.manifest', hash: 'ae6f00857b942468a63464435cb4e78b0e07a90a760880d4a57d47c889187794', algorithm: 'SHA-256' },
  { name: 'bar/data.json', hash: '7be51b0819e07ea31fe733eebbeaaa69ae3bad8e88122df22d8ad59239e84096', algorithm: 'SHA-256' },
  { name: 'policy.rego', hash: '80f3a3d05290fd45c87c81def76c92f510caf62b004fd528bbf9774993f85537', algorithm: 'SHA-256' },
];

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const KEY = createPublicKey(privateKey);

interface Signing {
  files?: Record<string, string>;
  claims?: object;
  key?: KeyObject;
  alg?: string;
  config?: object;
}

async function bundleOf({ files = FILES, claims = {}, key = privateKey, alg = 'ES256', config = {} }: Signing = {}) {
  const payload = Buffer.from(JSON.stringify({ files: LISTED, ...claims }));
  const token = await new CompactSign(payload).setProtectedHeader({ alg }).sign(key);
  return policyOf({ ...files, '.signatures.json': JSON.stringify({ signatures: [token], ...config }) }).bundle;
}

const unsigned = (message: RegExp) => ({ code: 'RELEASE_POLICY_UNSIGNED', message: expect.stringMatching(message) });

describe('a signed bundle', () => {
  it('holds if every file is as it was signed, documents however they are written', async () => {
    await checkSignature(await bundleOf(), KEY);
    const same = { ...FILES, 'bar/data.json': '{"b":{},"a":[1e3,"\u2028\\u003c\\u00e9>",null,true],"z":1.50}\n' };
    await checkSignature(await bundleOf({ files: same, config: { plugin: '_default' } }), KEY);
    const slashed = LISTED.map((file) => ({ ...file, name: `/${file.name}`, hash: file.hash.toUpperCase() }));
    await checkSignature(await bundleOf({ claims: { files: slashed, keyid: 'default' } }), KEY);
  });

  it.each(['RS256', 'PS512'])('holds by an RSA key (%s)', async (alg) => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    await checkSignature(await bundleOf({ key: rsa, alg }), createPublicKey(rsa));
  });

  it.each<[string, Signing, RegExp]>([
    ['other Rego', { files: { ...FILES, 'policy.rego': `${FILES['policy.rego']} ` } }, /policy\.rego is not what was signed/],
    [
      'another number',
      { files: { ...FILES, 'bar/data.json': FILES['bar/data.json'].replace('1.50', '1.5') } },
      /data\.json is not/,
    ],
    ['another manifest', { files: { ...FILES, '.manifest': '{"roots":["agentnexus","bar"]}' } }, /\.manifest is not/],
    ['a document that is none', { files: { ...FILES, 'bar/data.json': 'a: b' } }, /data\.json is no JSON/],
    ['a file more', { files: { ...FILES, 'more.rego': 'package more' } }, /more\.rego is not among/],
    ['a second list of signatures', { files: { ...FILES, 'bar/.signatures.json': '{}' } }, /is not among/],
    [
      'a file less',
      { claims: { files: [...LISTED, { ...LISTED[0], name: 'gone.rego' }] } },
      /gone\.rego is signed, and is not there/,
    ],
    ['hashes that can be made to collide', { claims: { files: LISTED.map((file) => ({ ...file, algorithm: 'MD5' })) } }, /MD5/],
    ['no list of files', { claims: { files: [{ name: 'policy.rego' }] } }, /no list/],
    ['no files at all', { claims: { files: null } }, /is not among/],
    ['a scope', { claims: { scope: 'write' } }, /scope "write"/],
    ['a plugin', { config: { plugin: 'mine' } }, /plugin/],
    ['two signatures', { config: { signatures: ['a.b.c', 'd.e.f'] } }, /not hold one/],
    ['what is no token', { config: { signatures: ['a.b.c'] } }, /not one of the key/],
  ])('is refused with %s', async (_, signing, message) => {
    await expect(bundleOf(signing).then((bundle) => checkSignature(bundle, KEY))).rejects.toMatchObject(unsigned(message));
  });

  it('is refused if another key signed it, or nobody', async () => {
    const other = createPublicKey(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
    await expect(checkSignature(await bundleOf(), other)).rejects.toMatchObject(unsigned(/not one of the key/));
    await expect(checkSignature(policyOf(FILES).bundle, KEY)).rejects.toMatchObject(unsigned(/no \.signatures\.json/));
  });

  it('is refused if the public key was taken for a secret', async () => {
    const [head, payload] = [{ alg: 'HS256' }, { files: LISTED }].map((part) =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    );
    const mac = createHmac('sha256', KEY.export({ type: 'spki', format: 'pem' }))
      .update(`${head}.${payload}`)
      .digest('base64url');
    const bundle = await bundleOf({ config: { signatures: [`${head}.${payload}.${mac}`] } });
    await expect(checkSignature(bundle, KEY)).rejects.toMatchObject(unsigned(/not one of the key/));
  });
});
