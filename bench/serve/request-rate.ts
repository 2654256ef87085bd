import { connect, type Socket } from 'node:net';

/** Requests a second over kept connections, each with one request under way: bare sockets, so that the client costs little beside the server. */
export async function requestRate(
  url: string,
  { headers = '', connections = 16, seconds = 3 }: { headers?: string; connections?: number; seconds?: number },
): Promise<{ rate: number; count: number; p99: number }> {
  const { hostname, port, pathname, search } = new URL(url);
  const request = `GET ${pathname}${search} HTTP/1.1\r\nhost: ${hostname}\r\n${headers}\r\n`;
  const took: number[] = [];
  const until = performance.now() + seconds * 1000;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = connect(Number(port), hostname);
      await new Promise((resolve) => socket.once('connect', resolve));
      while (performance.now() < until) {
        const sent = performance.now();
        await exchange(socket, request);
        took.push(performance.now() - sent);
      }
      socket.destroy();
    }),
  );
  const rate = (took.length / (performance.now() - started)) * 1000;
  return { rate, count: took.length, p99: took.toSorted((a, b) => a - b)[Math.floor(took.length * 0.99)] ?? Number.NaN };
}

async function exchange(socket: Socket, request: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let seen: Buffer = Buffer.alloc(0);
    const hear = (chunk: Buffer): void => {
      seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk]);
      const end = seen.indexOf('\r\n\r\n');
      if (end < 0) return;
      const head = seen.toString('latin1', 0, end);
      const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
      if (seen.length < end + 4 + length) return;
      socket.off('data', hear);
      if (head.startsWith('HTTP/1.1 200')) resolve();
      else reject(new Error(head.split('\r\n', 1)[0]));
    };
    socket.on('data', hear);
    socket.write(request);
  });
}
