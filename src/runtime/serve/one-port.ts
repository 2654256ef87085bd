import { createServer, type RequestListener, type Server } from 'node:http';
import { createSecureServer, createServer as createHttp2Server } from 'node:http2';
import type { Server as NetServer, Socket } from 'node:net';

import type { HttpHandler } from './grpc/grpc-handler.ts';
import type { ServerTls } from './server-tls.ts';

/** What a client of HTTP/2 with prior knowledge sends first (RFC 9113, 3.4). No request of HTTP/1.1 begins so. */
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/** Milliseconds within which a client has to begin, and to have sent its request. */
const FIRST = 10_000;
const REQUEST = 60_000;

/** Calls of one client at once. */
const SETTINGS = { maxConcurrentStreams: 256 } as const;

/** HTTP/1.1 and HTTP/2 on one port, in the clear (HTTP/2 with prior knowledge, as gRPC has it) or by TLS. */
export class OnePort {
  readonly #tls: ServerTls | undefined;
  readonly #wrap: (handler: HttpHandler) => HttpHandler;
  readonly #sockets = new Set<Socket>();

  /** `wrap` puts what hears a request first before what else would. */
  constructor(tls: ServerTls | undefined, wrap: (handler: HttpHandler) => HttpHandler) {
    this.#tls = tls;
    this.#wrap = wrap;
  }

  /** For the framework, which takes it for one of HTTP/1.1: requests and answers of HTTP/2 look the same to it. */
  server(handler: RequestListener): Server {
    const listener = this.#wrap(handler as HttpHandler);
    const server = this.#tls === undefined ? inTheClear(listener) : byTls(this.#tls, listener);
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    return server;
  }

  /** Cuts every connection. */
  end(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

function byTls(tls: ServerTls, listener: HttpHandler): Server {
  return createSecureServer({ ...tls, allowHTTP1: true, settings: SETTINGS }, listener) as NetServer as Server;
}

function inTheClear(listener: HttpHandler): Server {
  const first = createServer({ requestTimeout: REQUEST }, listener);
  shareConnections(first, createHttp2Server({ settings: SETTINGS }, listener));
  return first;
}

/** Hears HTTP/1.1 and HTTP/2 in the clear on the port of `first`: a connection that begins with the preface of HTTP/2 is handed to `second`. */
function shareConnections(first: NetServer, second: NetServer): void {
  const hearers = first.listeners('connection') as ((socket: Socket) => void)[];
  first.removeAllListeners('connection');
  first.on('connection', (socket: Socket) => {
    firstBytes(socket, (isHttp2) => {
      if (isHttp2) second.emit('connection', socket);
      else for (const hear of hearers) hear.call(first, socket);
    });
  });
}

/** Looks at what comes first, and puts it back. */
function firstBytes(socket: Socket, decide: (isHttp2: boolean) => void): void {
  let seen = Buffer.alloc(0);
  const end = (): void => {
    socket.off('readable', look);
    socket.off('error', leave);
    socket.off('close', leave);
    socket.setTimeout(0);
    socket.off('timeout', leave);
  };
  const leave = (): void => {
    end();
    socket.on('error', () => undefined);
    socket.destroy();
  };
  const look = (): void => {
    for (let chunk = read(socket); chunk !== null; chunk = read(socket)) seen = Buffer.concat([seen, chunk]);
    const known = Math.min(seen.length, PREFACE.length);
    const isPreface = seen.subarray(0, known).equals(PREFACE.subarray(0, known));
    if (known === 0 || (isPreface && known < PREFACE.length)) return;
    end();
    socket.unshift(seen);
    decide(isPreface);
  };
  socket.on('readable', look);
  socket.on('error', leave);
  socket.on('close', leave);
  socket.setTimeout(FIRST, leave);
}

const read = (socket: Socket): Buffer | null => socket.read() as Buffer | null;
