import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An API of two operations and a link between them, as YAML. */
export const PARCEL_API = `
openapi: 3.1.0
info: { title: Parcels, version: 1.0.0 }
paths:
  /parcels:
    post:
      operationId: makeParcel
      requestBody:
        required: true
        content: { application/json: { schema: { $ref: '#/components/schemas/Draft' } } }
      responses:
        '201':
          description: made
          content: { application/json: { schema: { $ref: '#/components/schemas/Parcel' } } }
          links:
            read: { operationId: readParcel, parameters: { id: '$response.body#/id' } }
        '400': { description: wrong }
  /parcels/{id}:
    parameters:
      - { name: id, in: path, required: true, schema: { type: integer, minimum: 1 } }
    get:
      operationId: readParcel
      responses:
        '200': { description: it, content: { application/json: { schema: { $ref: '#/components/schemas/Parcel' } } } }
        '404': { description: none }
components:
  schemas:
    Draft:
      type: object
      required: [weight]
      properties: { weight: { type: number, exclusiveMinimum: 0, maximum: 30 }, note: { type: string } }
      additionalProperties: false
    Parcel:
      type: object
      required: [id, weight]
      properties: { id: { type: integer }, weight: { type: number } }
`;

/** What a service may do wrong. */
export type Bug = 'status' | 'schema' | 'type' | 'crash' | 'lenient' | 'link' | 'forgets' | 'mute';

export interface ParcelService {
  url: string;
  asked: () => number;
  close: () => Promise<void>;
}

/** A service that does as \`PARCEL_API\` says, but for one bug. */
export async function startParcelService(bug?: Bug): Promise<ParcelService> {
  const parcels = new Map<number, number>();
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    const say = (status: number, value?: unknown, headers: Record<string, string> = {}) => {
      const type = bug === 'type' ? 'text/html' : 'application/json';
      response.writeHead(status, value === undefined ? headers : { 'content-type': type, ...headers });
      response.end(value === undefined ? '' : JSON.stringify(value));
    };
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (bug === 'mute') return request.socket.destroy();
      const id = Number(/^\/parcels\/(.+)$/.exec(request.url ?? '')?.[1]);
      if (request.method === 'GET') return parcels.has(id) ? say(200, { id, weight: parcels.get(id) }) : say(404);
      const body = JSON.parse(Buffer.concat(chunks).toString()) as { weight?: unknown };
      const weight = isDraft(body) ? body.weight : undefined;
      if (weight === undefined && bug !== 'lenient') return say(400);
      if (bug === 'crash' && Number(weight) > 12) return say(500, 'out of range');
      if (bug !== 'forgets') parcels.set(parcels.size + 1, weight ?? 1);
      const made = { id: parcels.size, weight: bug === 'schema' ? String(weight) : (weight ?? 1) };
      const status = bug === 'status' ? 202 : 201;
      return say(status, made, { location: bug === 'link' ? '/parcels/0' : `/parcels/${parcels.size}` });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, asked: () => asked, close: () => closed(server) };
}

function isDraft(body: unknown): body is { weight: number } {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return false;
  const { weight, note = '', ...others } = body as Record<string, unknown>;
  return typeof weight === 'number' && weight > 0 && weight <= 30 && typeof note === 'string' && Object.keys(others).length === 0;
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
