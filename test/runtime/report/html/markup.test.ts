import { describe, expect, it } from 'vitest';

import { clipped, fitting, html, trusted } from '../../../../src/runtime/report/html/markup.ts';

describe('html', () => {
  it('escapes text, and leaves markup as it is', () => {
    expect(html`<p title="${'"<'}">${['a & b', trusted('<br />'), 3, null, undefined, html`<i>${"'`"}</i>`]}</p>`.text).toBe(
      '<p title="&quot;&lt;">a &amp; b<br />3<i>&#39;&#96;</i></p>',
    );
  });

  it('shows what must not be in a page as what it is not', () => {
    expect(html`${'a\u0000\u202e\ud800\u2028\tb\n😀'}`.text).toBe('a\ufffd\ufffd\ufffd\ufffd\tb\n😀');
  });

  it('takes values for what they are, not for how the template is laid out', () => {
    const laidOut = html`<div>
      <p>${'a\n    b'}</p>
      <p></p>
    </div>`;
    expect(laidOut.text).toBe('<div>\n<p>a\n    b</p>\n<p></p>\n</div>');
  });
});

describe('clipped', () => {
  it('cuts no character in two', () => {
    expect(clipped('abcdef', 6)).toBe('abcdef');
    expect(clipped('abcdef', 4)).toBe('abc…');
    expect(clipped('ab😀def', 4)).toBe('ab…');
  });
});

describe('fitting', () => {
  it('takes as many as are allowed by number and by length', () => {
    const items = ['aa', 'bb', 'cc'];
    const render = (text: string): ReturnType<typeof html> => html`${text}`;
    expect(fitting(items, render, { most: 2, characters: 100 })).toMatchObject({
      shown: [{ text: 'aa' }, { text: 'bb' }],
      omitted: 1,
    });
    expect(fitting(items, render, { most: 9, characters: 3 })).toMatchObject({ shown: [{ text: 'aa' }], omitted: 2 });
    expect(fitting(items, render, { most: 9, characters: 6 }).omitted).toBe(0);
  });
});
