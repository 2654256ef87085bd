import { describe, expect, it } from 'vitest';

import { Session } from '../../src/board/access/session.ts';

interface Asked {
  path: string;
  method: string;
  token: string | null;
  csrf: string | null;
}

/** A server that knows one token, with logins or without. */
function server({ logins, isIn = false }: { logins: boolean; isIn?: boolean }) {
  const asked: Asked[] = [];
  let cookie = isIn;
  const request = async (input: Parameters<typeof fetch>[0], init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers);
    const path = input instanceof Request ? input.url : String(input);
    const method = init.method ?? 'GET';
    asked.push({ path, method, token: headers.get('authorization'), csrf: headers.get('x-csrf-token') });
    if (path !== '/v1/session')
      return new Response('{}', { status: cookie || headers.get('authorization') === 'Bearer good' ? 200 : 401 });
    if (!logins) return new Response('{}', { status: 404 });
    if (method === 'GET')
      return Response.json({
        authenticated: cookie,
        ...(cookie ? { csrf: 'c' } : {}),
        login: { token: true, issuer: { url: '/login' } },
      });
    if (method === 'DELETE') cookie = false;
    else cookie = JSON.stringify(init.body).includes('good');
    return cookie ? Response.json({ csrf: 'c' }, { status: 201 }) : new Response(null, { status: method === 'POST' ? 401 : 204 });
  };
  return { asked, request, end: () => (cookie = false) };
}

function store(): Storage {
  const kept = new Map<string, string>();
  const part = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
    kept,
  };
  return part as unknown as Storage;
}

describe('with a server that has logins', () => {
  it('gives the token away once and keeps none of it', async () => {
    const { asked, request } = server({ logins: true });
    const kept = store();
    const session = new Session(kept, request);
    expect(await session.look()).toEqual({ issuer: '/login' });
    expect(session.isIn).toBe(false);
    expect([await session.signIn('bad'), session.isIn]).toEqual([false, false]);
    expect([await session.signIn(' good\n'), session.isIn]).toEqual([true, true]);
    await session.request('/v1/missions/m/approve', { method: 'POST' });
    expect(asked.at(-1)).toEqual({ path: '/v1/missions/m/approve', method: 'POST', token: null, csrf: 'c' });
    expect(kept.getItem('agentnexus.token')).toBeNull();
  });

  it('finds whoever is logged in, and logs out', async () => {
    const { asked, request } = server({ logins: true, isIn: true });
    const session = new Session(store(), request);
    await session.look();
    expect(session.isIn).toBe(true);
    await session.signOut();
    expect([session.isIn, asked.at(-1)?.method, asked.at(-1)?.csrf]).toEqual([false, 'DELETE', 'c']);
  });

  it('says that a login is over', async () => {
    const { request, end } = server({ logins: true, isIn: true });
    const session = new Session(store(), request);
    await session.look();
    let isOut = false;
    session.onOut = () => (isOut = true);
    end();
    expect((await session.request('/v1/missions')).status).toBe(401);
    expect([isOut, session.isIn]).toEqual([true, false]);
  });
});

describe('with a server that has none', () => {
  it('sends the token with each request, and forgets it at the end', async () => {
    const { asked, request } = server({ logins: false });
    const kept = store();
    const session = new Session(kept, request);
    expect(await session.look()).toEqual({ issuer: null });
    expect(await session.signIn('bad')).toBe(false);
    expect(await session.signIn('good')).toBe(true);
    await session.request('/v1/missions');
    expect(asked.at(-1)?.token).toBe('Bearer good');
    expect(new Session(kept, request).isIn).toBe(true);
    await session.signOut();
    expect([session.isIn, new Session(kept, request).isIn]).toEqual([false, false]);
  });
});
