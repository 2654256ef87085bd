import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** What becomes of the bytes between a client and a service. Nothing of it: they pass as they are. */
export interface NetworkFault {
  /** Milliseconds by which each way takes longer. */
  latencyMs?: number;
  /** All connections are reset, and none is made. */
  cut?: boolean;
  /** Connections are reset after so many bytes to the client. */
  resetAfter?: number;
  /** Bytes a second, each way of each connection. */
  bandwidth?: number;
}

export interface ProxyRoute {
  /** Port of this machine; 0 takes any that is free. */
  listen: number;
  host: string;
  port: number;
}

/** Pieces that wait at most before no more is read. */
const MAX_WAITING = 64;

/** Stands between clients and a TCP service on this machine, and does to their connections what it is told. */
export class FaultProxy {
  readonly #route: ProxyRoute;
  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #fault: NetworkFault = {};

  constructor(route: ProxyRoute) {
    this.#route = route;
    // Who has said all may still be waiting for the answer.
    this.#server = createServer({ allowHalfOpen: true }, (client) => this.#accept(client));
  }

  /** The port that it listens on. Rejects with the system's error. */
  async open(): Promise<number> {
    await new Promise<void>((resolve, reject) =>
      this.#server.once('error', reject).listen(this.#route.listen, '127.0.0.1', resolve),
    );
    return (this.#server.address() as AddressInfo).port;
  }

  /** From now on; connections that there are go on under it. */
  set(fault: NetworkFault): void {
    this.#fault = fault;
    if (fault.cut === true) this.#resetAll();
  }

  async close(): Promise<void> {
    this.#resetAll();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #resetAll(): void {
    for (const pair of this.#pairs) reset(pair);
  }

  #accept(client: Socket): void {
    client.on('error', () => {});
    if (this.#fault.cut === true) return void client.resetAndDestroy();
    const service = connect({ host: this.#route.host, port: this.#route.port, allowHalfOpen: true });
    const pair = [client, service] as const;
    this.#pairs.add(pair);
    for (const socket of pair) {
      socket.on('error', () => reset(pair));
      socket.on('close', () => this.#pairs.delete(pair));
    }
    let sent = 0;
    this.#pump(client, service);
    this.#pump(service, client, (bytes) => {
      sent += bytes;
      if (this.#fault.resetAfter !== undefined && sent >= this.#fault.resetAfter) reset(pair);
    });
  }

  /** Hands on what comes, in its order, each piece when its time has come. */
  #pump(from: Socket, to: Socket, passed: (bytes: number) => void = () => {}): void {
    const waiting: { due: number; chunk: Buffer }[] = [];
    let busy = false;
    let ended = false;
    const work = async () => {
      busy = true;
      for (let next = waiting.shift(); next !== undefined && !to.destroyed; next = waiting.shift()) {
        const left = next.due - performance.now();
        if (left > 0) await pause(left);
        await this.#hand(next.chunk, to, passed);
        if (waiting.length < MAX_WAITING) from.resume();
      }
      busy = false;
      if (ended) to.end();
    };
    from.on('data', (chunk: Buffer) => {
      waiting.push({ due: performance.now() + (this.#fault.latencyMs ?? 0), chunk });
      if (waiting.length >= MAX_WAITING) from.pause();
      if (!busy) void work();
    });
    from.on('end', () => {
      ended = true;
      if (!busy) to.end();
    });
  }

  /** Bytes at the pace there is; those behind a limit never arrive. */
  async #hand(chunk: Buffer, to: Socket, passed: (bytes: number) => void): Promise<void> {
    const { bandwidth, resetAfter } = this.#fault;
    const piece = bandwidth === undefined ? (resetAfter ?? chunk.length) : Math.max(1, Math.floor(bandwidth / 20));
    for (let at = 0; at < chunk.length && !to.destroyed; at += piece) {
      const part = chunk.subarray(at, at + piece);
      if (bandwidth !== undefined) await pause((part.length / bandwidth) * 1000);
      if (!to.destroyed) to.write(part);
      passed(part.length);
    }
  }
}

function reset(pair: readonly [Socket, Socket]): void {
  for (const socket of pair) if (!socket.destroyed) socket.resetAndDestroy();
}
