import { createHash, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import {
  fulcioHandler,
  initializeCA,
  initializeCTLog,
  initializeTLog,
  initializeTSA,
  rekorHandler,
  tsaHandler,
} from '@sigstore/mock';

import { canonicalJson, type JsonObject } from '../../src/base/json.ts';
import { logIdOf } from '../../src/runtime/vault/keyless/own-log.ts';
import type { SigningServices } from '../../src/runtime/vault/keyless/signing-services.ts';
import { FakeRekor } from '../runtime/vault/ledger/fake-rekor.ts';

export const WORKFLOW = 'https://github.com/acme/app/.github/workflows/build.yml@refs/heads/main';
export const ISSUER = 'https://token.actions.githubusercontent.com';

type Body = string | Buffer | Uint8Array | ArrayBufferView;
type Handled = { statusCode: number; response: Body; contentType?: string };
type Handler = { path: string; fn: (body: string) => Promise<Handled> };

const base64 = (bytes: ArrayBufferView | Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
const sha256 = (bytes: Uint8Array | string): Buffer => createHash('sha256').update(bytes).digest();
const keyPair = () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' });

/** An unsigned token, which the mock of Fulcio takes. */
export function identityToken(subject = WORKFLOW, claims: JsonObject = {}): string {
  const part = (value: JsonObject): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ iss: ISSUER, sub: subject, aud: 'sigstore', ...claims })}.x`;
}

/** An instance of Sigstore on loopback: authority and certificate log, both kinds of transparency log, time stamps, an issuer of identities. */
export class MockSigstore {
  readonly url: string;
  readonly rekor: FakeRekor;
  /** `trusted_root.json`. */
  readonly trustedRoot: string;
  /** How often each path was asked for. */
  readonly asked = new Map<string, number>();
  /** Paths that answer 503. */
  readonly down = new Set<string>();
  readonly #server: Server;

  private constructor(parts: { url: string; rekor: FakeRekor; trustedRoot: string; server: Server; handlers: Handler[] }) {
    this.url = parts.url;
    this.rekor = parts.rekor;
    this.trustedRoot = parts.trustedRoot;
    this.#server = parts.server;
    parts.server.on('request', (request, response) => void this.#answer(request, response, parts.handlers));
  }

  static async start(): Promise<MockSigstore> {
    // Stamps of a full second: `@sigstore/core` reads no fraction that ends in a zero, and DER has no other. Ahead of time: the authorities' own certificates are
    // valid from the moment at which the mock makes them, and that may take it seconds.
    const clock = new Date(Math.floor(Date.now() / 1000) * 1000 + 60_000);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const rekor = await FakeRekor.start();
    const ctLog = await initializeCTLog(keyPair(), clock);
    const ca = await initializeCA(keyPair(), ctLog, clock);
    const tlog = await initializeTLog('https://rekor.example', keyPair(), clock);
    const tsa = await initializeTSA(keyPair(), clock);
    const handlers = [fulcioHandler(ca), asRekor(rekorHandler(tlog)), tsaHandler(tsa)];
    const start = '2020-01-01T00:00:00Z';
    const key = (der: Uint8Array): JsonObject => ({
      rawBytes: base64(der),
      keyDetails: 'PKIX_ECDSA_P256_SHA_256',
      validFor: { start },
    });
    const authority = (uri: string, certificates: readonly ArrayBufferView[]): JsonObject => ({
      subject: { organization: 'sigstore.mock', commonName: uri },
      uri: `https://${uri}.example`,
      certChain: { certificates: certificates.map((each) => ({ rawBytes: base64(each) })) },
      validFor: { start },
    });
    const rekorKey = rekor.key.publicKey.export({ type: 'spki', format: 'der' });
    const trustedRoot = canonicalJson({
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      certificateAuthorities: [authority('fulcio', [ca.rootCertificate])],
      timestampAuthorities: [authority('tsa', [tsa.intCertificate, tsa.rootCertificate])],
      ctlogs: [
        {
          baseUrl: 'https://ct.example',
          hashAlgorithm: 'SHA2_256',
          publicKey: key(ctLog.publicKey),
          logId: { keyId: base64(ctLog.logID) },
        },
      ],
      tlogs: [
        {
          baseUrl: 'https://rekor.example',
          hashAlgorithm: 'SHA2_256',
          publicKey: key(tlog.publicKey),
          logId: { keyId: base64(sha256(tlog.publicKey)) },
        },
        {
          baseUrl: `https://${rekor.key.name}`,
          hashAlgorithm: 'SHA2_256',
          publicKey: { rawBytes: base64(rekorKey), keyDetails: 'PKIX_ED25519', validFor: { start } },
          logId: { keyId: base64(logIdOf(rekor.key)) },
        },
      ],
    });
    return new MockSigstore({ url, rekor, trustedRoot, server, handlers });
  }

  services(version: 1 | 2 = 1): SigningServices {
    const log = { url: version === 1 ? this.url : this.rekor.url, version };
    return { ca: this.url, log, timestamps: `${this.url}/api/v1/timestamp`, issuer: this.url };
  }

  /** `signing_config.json`. */
  signingConfig(version: 1 | 2 = 1): string {
    const service = (url: string, majorApiVersion = 1): JsonObject => ({
      url,
      majorApiVersion,
      validFor: { start: '2020-01-01T00:00:00Z' },
      operator: 'sigstore.mock',
    });
    const { ca, log, timestamps = '', issuer } = this.services(version);
    return JSON.stringify({
      mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.2+json',
      caUrls: [service(ca)],
      oidcUrls: [service(issuer)],
      rekorTlogUrls: [service(log?.url ?? '', version)],
      tsaUrls: [service(timestamps)],
      rekorTlogConfig: { selector: 'ANY' },
      tsaConfig: { selector: 'ANY' },
    });
  }

  stop(): void {
    this.rekor.stop();
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse, handlers: readonly Handler[]): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const path = (request.url ?? '').split('?')[0] ?? '';
    this.asked.set(path, (this.asked.get(path) ?? 0) + 1);
    const handler = handlers.find((each) => each.path === path);
    if (handler === undefined || this.down.has(path)) {
      response.writeHead(handler === undefined ? 404 : 503).end();
      return;
    }
    const { statusCode, response: body, contentType = 'text/plain' } = await handler.fn(Buffer.concat(chunks).toString());
    const bytes = typeof body === 'string' ? Buffer.from(body) : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    response.writeHead(statusCode, { 'content-type': contentType }).end(bytes);
  }
}

/** The mock of Rekor logs what is proposed as it stands; Rekor keeps an envelope by its hashes. */
function asRekor(handler: ReturnType<typeof rekorHandler>): Handler {
  const { path, fn } = handler;
  return { path, fn: (body) => fn(JSON.stringify(canonicalEntry(JSON.parse(body)))) };
}

interface Proposed {
  spec: { proposedContent: { envelope: string; verifiers: string[] } };
}

function canonicalEntry({ spec: { proposedContent } }: Proposed): JsonObject {
  const { envelope, verifiers } = proposedContent;
  const { payload, signatures } = JSON.parse(envelope) as { payload: string; signatures: { sig: string }[] };
  const hashOf = (bytes: Uint8Array | string): JsonObject => ({ algorithm: 'sha256', value: sha256(bytes).toString('hex') });
  return {
    apiVersion: '0.0.1',
    kind: 'dsse',
    spec: {
      envelopeHash: hashOf(envelope),
      payloadHash: hashOf(Buffer.from(payload, 'base64')),
      signatures: signatures.map(({ sig }, at) => ({ signature: sig, verifier: verifiers[at] ?? '' })),
    },
  };
}

/** The identity's certificate in a bundle. */
export function certificateOf(bundle: Uint8Array): X509Certificate {
  const { verificationMaterial } = JSON.parse(Buffer.from(bundle).toString()) as {
    verificationMaterial: { certificate: { rawBytes: string } };
  };
  return new X509Certificate(Buffer.from(verificationMaterial.certificate.rawBytes, 'base64'));
}
