const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|::1|\[::1\])$/;

/** Whether a host, as an address or a URL names it, is this machine itself, where nobody is on the way. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}
