import { describe, expect, it } from 'vitest';

import { archiveAddress } from '../../../src/runtime/workspace/archive-address.ts';
import { elsewhere } from '../../../src/runtime/workspace/bundle-address.ts';

const HEX = 'ab'.repeat(32);

describe('the address of an archive', () => {
  it.each([
    'https://example.com/a.tar.gz',
    'https://example.com/x/b.TGZ?token=1',
    'http://127.0.0.1:8080/c.zip',
    'http://[::1]/d.tar',
  ])('is %s', (text) => expect(archiveAddress(text)?.url.href).toBe(new URL(text).href));

  it.each(['https://example.com/shop.git', 'https://example.com/shop', 'a.tar.gz', 'file:///a.tar.gz', 'ssh://host/a.zip'])(
    'is not %s',
    (text) => expect(archiveAddress(text)).toBeUndefined(),
  );

  it('says what its bytes must be, and shows neither password nor query', () => {
    const address = archiveAddress(`https://ann:secret@example.com/a.zip?sig=secret#sha256=${HEX.toUpperCase()}`);
    expect(address).toMatchObject({ shown: 'https://example.com/a.zip', digest: `sha256:${HEX}` });
    expect(address?.url.href).toBe('https://ann:secret@example.com/a.zip?sig=secret');
  });

  it.each(['http://example.com/a.zip', 'https://example.com/a.zip#specs', 'https://example.com/a.zip#sha256=ab'])(
    'is refused: %s',
    (text) => expect(() => archiveAddress(text)).toThrow(expect.objectContaining({ code: 'USAGE' })),
  );

  it('has nothing around it here', () => {
    expect(elsewhere('https://example.com/a.zip', '/')).toMatch(/archive/);
    expect(elsewhere('https://example.com/a.git', '/')).toMatch(/git/);
    expect(elsewhere('specs', '/')).toBeUndefined();
  });
});
