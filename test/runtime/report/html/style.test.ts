import { describe, expect, it } from 'vitest';

import { STYLE } from '../../../../src/runtime/report/html/style.ts';

/** WCAG 2.2, "relative luminance" and "contrast ratio". */
function luminance(color: string): number {
  const hex = color.length === 4 ? color.replace(/[0-9a-f]/gi, '$&$&') : color;
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].toSorted((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

describe('the style', () => {
  const schemes = [...STYLE.matchAll(/:root \{([^}]*)\}/g)].map(([, body = '']) =>
    Object.fromEntries([...body.matchAll(/--(\w+): (#[0-9a-f]{3,6})/g)].map(([, name, color]) => [name, color])),
  );

  it('has a light scheme, a dark one, and one for print', () => {
    expect(schemes).toHaveLength(3);
  });

  it.each(['ink', 'soft', 'accent', 'ok', 'cached', 'bad', 'run', 'idle', 'skip'])(
    'sets %s off from what it stands on',
    (name) => {
      for (const colors of schemes) {
        for (const ground of ['bg', 'surface']) {
          expect(contrast(colors[name] ?? '', colors[ground] ?? ''), `${name} on ${ground}`).toBeGreaterThanOrEqual(4.5);
        }
      }
    },
  );
});
