import { type AddressInfo, connect, createServer, type Server } from 'node:net';

/** A TCP service on this machine that sends back what it hears. */
export async function startEcho(): Promise<{ port: number; close: () => Promise<void> }> {
  const sockets = new Set<{ destroy: () => void }>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  await listening(server);
  const close = () =>
    new Promise<void>((resolve) => {
      for (const socket of sockets) socket.destroy();
      server.close(() => resolve());
    });
  return { port: (server.address() as AddressInfo).port, close };
}

/** What comes back of a text, and how it ended: `end`, or the code of an error. */
export function converse(port: number, text: string): Promise<{ heard: string; end: string; ms: number }> {
  const start = performance.now();
  return new Promise((resolve) => {
    let heard = '';
    const done = (end: string) => resolve({ heard, end, ms: performance.now() - start });
    const socket = connect({ host: '127.0.0.1', port }, () => socket.end(text));
    socket.on('data', (chunk: Buffer) => (heard += chunk.toString()));
    socket.on('end', () => done('end'));
    socket.on('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message));
  });
}

function listening(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
}
