import { isJsonObject, type JsonObject } from '../../base/json.ts';

/** The statement inside a Sigstore bundle, for looking at: nothing is verified, `spec-kit verify` does that. Empty if there is none. */
export function unverifiedStatement(bundle: Uint8Array): JsonObject {
  const value: unknown = JSON.parse(Buffer.from(bundle).toString('utf8'));
  const envelope = isJsonObject(value) ? value['dsseEnvelope'] : undefined;
  const payload = isJsonObject(envelope) ? envelope['payload'] : undefined;
  if (typeof payload !== 'string') return {};
  const statement: unknown = JSON.parse(Buffer.from(payload, 'base64').toString('utf8'));
  return isJsonObject(statement) ? statement : {};
}
