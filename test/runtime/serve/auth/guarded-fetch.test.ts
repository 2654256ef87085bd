import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, describe, expect, it } from 'vitest';

import { fetchJson } from '../../../../src/runtime/serve/auth/guarded-fetch.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function answering(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('what an issuer is asked', () => {
  it.each([
    'http://issuer.example/jwks',
    'https://127.0.0.1/jwks',
    'https://127.1/jwks',
    'https://0x7f000001/jwks',
    'https://2130706433/jwks',
    'https://10.0.0.1/jwks',
    'https://169.254.169.254/latest/meta-data',
    'https://172.31.255.255/jwks',
    'https://192.168.1.1/jwks',
    'https://100.64.0.1/jwks',
    'https://0.0.0.0/jwks',
    'https://[::1]/jwks',
    'https://[::]/jwks',
    'https://[::ffff:10.0.0.1]/jwks',
    'https://[::ffff:a9fe:a9fe]/jwks',
    'https://[64:ff9b::a00:1]/jwks',
    'https://[2002:a00:1::]/jwks',
    'https://[fd00:ec2::254]/jwks',
    'https://[fe80::1]/jwks',
    'https://localhost/jwks',
    'https://user:secret@issuer.example/jwks',
    'file:///etc/passwd',
    'ftp://issuer.example/jwks',
    'no address',
  ])('is nothing at %s', async (address) => {
    await expect(fetchJson(address)).rejects.toMatchObject({ code: 'ISSUER_UNREACHABLE' });
  });

  it('may be at this machine where the configuration says so, and in the clear nowhere else', async () => {
    const address = await answering((_, response) => response.end('{"keys":[]}'));
    await expect(fetchJson(address)).rejects.toThrow('must be https');
    expect(await fetchJson(address, { privateNetwork: true })).toEqual({ keys: [] });
    await expect(fetchJson('http://10.0.0.1/jwks', { privateNetwork: true })).rejects.toThrow('must be https');
  });

  it('is not followed elsewhere', async () => {
    const address = await answering((request, response) => {
      if (request.url === '/') response.writeHead(302, { location: '/there' }).end();
      else response.end('{"keys":[]}');
    });
    await expect(fetchJson(address, { privateNetwork: true })).rejects.toThrow('status 302');
  });

  it('is not read without end', async () => {
    let sent = 0;
    const address = await answering((_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536))) sent += 65_536;
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    });
    await expect(fetchJson(address, { privateNetwork: true })).rejects.toThrow('more than');
    expect(sent).toBeLessThan(64 * 1_048_576);
  });

  it('must be a JSON object', async () => {
    const address = await answering((_, response) => response.end('[1]'));
    await expect(fetchJson(address, { privateNetwork: true })).rejects.toThrow('something else');
  });
});
