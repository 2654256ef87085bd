import type { Statement } from './statement.ts';

/** What is read of a Sigstore bundle that was signed here, or whose signature was found good. */
export type OwnBundle = {
  mediaType: string;
  dsseEnvelope: { payload: string; payloadType: string; signatures: [{ sig: string }] };
  verificationMaterial: { publicKey?: { hint: string }; certificate?: { rawBytes: string } };
};

export function readOwnBundle(bytes: Uint8Array): OwnBundle {
  return JSON.parse(Buffer.from(bytes).toString()) as OwnBundle;
}

export function statementIn({ dsseEnvelope }: OwnBundle): Statement {
  return JSON.parse(Buffer.from(dsseEnvelope.payload, 'base64').toString()) as Statement;
}
