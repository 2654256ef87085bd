import type { IncomingMessage } from 'node:http';

import { isJsonObject, type JsonObject, parsedJson } from '../../../base/json.ts';
import { Refusal } from './refusal.ts';

/** The path of a request to this very server. Whatever else a request line or a `Host` can say is refused: it would be for somebody else. */
export function pathOf({ url = '', headers }: IncomingMessage, address: string): { path: string; query: URLSearchParams } {
  if (headers.host?.toLowerCase() !== address) throw new Refusal(421, 'wrong_host', 'This is not the host that you asked for.');
  const [path = '', query = ''] = url.split('?', 2);
  if (!path.startsWith('/') || path.startsWith('//') || /[%\\]|\/\.{1,2}(\/|$)/.test(path.replaceAll('%3A', ':'))) {
    throw new Refusal(403, 'path_refused', 'Only the paths of the model API are let through, written plainly.');
  }
  return { path: path.replaceAll('%3A', ':'), query: new URLSearchParams(query) };
}

/** The token of a pass, wherever the dialects put their keys. */
export function tokenOf({ headers }: IncomingMessage, query: URLSearchParams): string | undefined {
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  const [key, google] = [headers['x-api-key'], headers['x-goog-api-key']];
  return [bearer, key, google, query.get('key')].find((token): token is string => typeof token === 'string' && token !== '');
}

/** The body, as far as it is JSON and not too long. */
export async function readBody(request: IncomingMessage, limit: number): Promise<JsonObject> {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity')
    throw new Refusal(415, 'encoding_refused', 'Send the request without compression.');
  const tooLarge = new Refusal(413, 'request_too_large', `A request may have ${limit} bytes.`);
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw tooLarge;
    chunks.push(chunk);
  }
  const body = parsedJson(Buffer.concat(chunks).toString('utf8'));
  if (!isJsonObject(body)) throw new Refusal(400, 'not_json', 'The request must be a JSON object.');
  return body;
}
