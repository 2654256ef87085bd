import { describe, expect, it } from 'vitest';

import {
  ACCOUNTED,
  accountOf,
  contractWith,
  diagnosticOf,
  elementOf,
  placeOf,
  placesOf,
  sectionOf,
  specOf,
} from './bundle-of.ts';

/** Kind and name of the interfaces of a component with this line. */
async function interfacesOf(text: string): Promise<[string, string][]> {
  const spec = await sectionOf('- Component: Maker', `  - Interfaces: ${text}`);
  return elementOf(spec, 'component').interfaces.map(({ kind, name }) => [kind, name]);
}

describe('interfaces', () => {
  it.each<[string, [string, string][]]>([
    ['REST `POST /orders`', [['rest', 'POST /orders']]],
    ['ingestion endpoint `put /orders/{id}`', [['rest', 'PUT /orders/{id}']]],
    ['WebSocket channel `wss://live-orders`', [['websocket', 'wss://live-orders']]],
    ['WebSocket `live-orders`', [['websocket', 'live-orders']]],
    ['gRPC `shop.OrderService`', [['grpc', 'shop.OrderService']]],
    ['CLI `shop import`', [['cli', 'shop import']]],
    ['internal event bus topics `orders.*`', [['topic', 'orders.*']]],
    ['Kafka stream `orders`', [['topic', 'orders']]],
    ['Redis channel `orders/updates`', [['channel', 'orders/updates']]],
    ['audit log stream `orders.audit`', [['stream', 'orders.audit']]],
    ['S3-compatible bucket `s3://orders`', [['bucket', 's3://orders']]],
    ['bucket `orders`', [['bucket', 'orders']]],
    ['SQL view `reports.orders`', [['sql-view', 'reports.orders']]],
    ['file-backed order store', [['file-store', 'file-backed order store']]],
    ['deployment hooks `chaos/orders`', [['hook', 'chaos/orders']]],
    ['metrics push gateway `metrics.orders`', [['metrics', 'metrics.orders']]],
    ['Jest CLI integration', [['tool', 'Jest CLI integration']]],
    [
      'topics `a`, `b` and `c`.',
      [
        ['topic', 'a'],
        ['topic', 'b'],
        ['topic', 'c'],
      ],
    ],
    [
      'REST `GET /a`, and REST `GET /b`',
      [
        ['rest', 'GET /a'],
        ['rest', 'GET /b'],
      ],
    ],
    [
      'REST `GET /a` (paged, cached); gRPC `a.B`',
      [
        ['rest', 'GET /a'],
        ['grpc', 'a.B'],
      ],
    ],
    [
      'REST `GET /a`、gRPC `a.B`',
      [
        ['rest', 'GET /a'],
        ['grpc', 'a.B'],
      ],
    ],
  ])('%s', async (text, expected) => {
    expect(await interfacesOf(text)).toEqual(expected);
  });

  it('keep the words around their address, and the line they stand on', async () => {
    const spec = await sectionOf('- Component: Maker', '  - Interfaces: REST `POST /a`, SQL warehouse', '    view `x.y`.');
    expect(elementOf(spec, 'component').interfaces).toEqual([
      {
        kind: 'rest',
        name: 'POST /a',
        description: 'REST',
        method: 'POST',
        path: '/a',
        source: { file: 'spec.md', line: 5, column: 23, endLine: 5 },
      },
      {
        kind: 'sql-view',
        name: 'x.y',
        description: 'SQL warehouse view',
        source: { file: 'spec.md', line: 6, column: 11, endLine: 6 },
      },
    ]);
  });

  it('may be bullets of their own', async () => {
    const spec = await sectionOf('- Component: Maker', '  - Interfaces:', '    - REST `POST /a`', '    - gRPC `a.B`');
    expect(elementOf(spec, 'component').interfaces.map((each) => each.kind)).toEqual(['rest', 'grpc']);
  });

  it('of no known kind are reported, and kept as tools', async () => {
    const spec = await sectionOf('- Component: Maker', '  - Interfaces: pigeon post `loft`');
    expect(placesOf(spec)).toEqual(['SPEC_INTERFACE_UNKNOWN 5:30']);
    expect(elementOf(spec, 'component').interfaces).toMatchObject([{ kind: 'tool', name: 'loft' }]);
  });

  it('without a method are reported', async () => {
    expect(placesOf(await sectionOf('- Component: Maker', '  - Interfaces: REST `/orders`'))).toEqual([
      'SPEC_INTERFACE_METHOD 5:23',
    ]);
  });

  it('listed twice are reported, and kept once', async () => {
    const spec = await sectionOf('- Component: Maker', '  - Interfaces: REST `GET /a`, REST `GET /a`');
    expect(placesOf(spec)).toEqual(['SPEC_INTERFACE_DUPLICATE 5:38']);
    expect(elementOf(spec, 'component').interfaces).toHaveLength(1);
  });
});

describe('layout', async () => {
  const plain = await specOf(
    '# Shop\n\n## Parts\n- Component: Maker\n  - Responsibilities: Makes things, and\n    mends them.\n  - Interfaces: REST `POST /a`\n',
  );

  it.each([
    [
      'stars and pluses',
      '# Shop\n\n## Parts\n* Component: Maker\n  + Responsibilities: Makes things, and\n    mends them.\n  + Interfaces: REST `POST /a`\n',
    ],
    [
      'numbers',
      '# Shop\n\n## Parts\n1. Component: Maker\n   1. Responsibilities: Makes things, and\n      mends them.\n   2. Interfaces: REST `POST /a`\n',
    ],
    [
      'deep indentation',
      '# Shop\n\n## Parts\n- Component: Maker\n    - Responsibilities: Makes things, and mends\n      them.\n    - Interfaces: REST `POST /a`\n',
    ],
    [
      'no indentation',
      '# Shop\n\n## Parts\n- Component: Maker\n- Responsibilities: Makes things, and mends them.\n- Interfaces: REST `POST /a`\n',
    ],
    [
      'bold labels',
      '# Shop\n\n## Parts\n- **Component:** Maker\n  - **Responsibilities**: Makes things, and mends them.\n  - **INTERFACES:** REST `POST /a`\n',
    ],
    [
      'full-width colons',
      '# Shop\n\n## Parts\n- Component：Maker\n  - Responsibilities： Makes things, and mends them.\n  - Interfaces：REST `POST /a`\n',
    ],
    [
      'blank lines',
      '# Shop\n\n\n## Parts\n\n- Component: Maker\n\n  - Responsibilities: Makes   things, and mends them.\n\n  - Interfaces: REST `POST /a`\n\n',
    ],
    [
      'CRLF and a title underlined',
      'Shop\r\n====\r\n\r\nParts\r\n-----\r\n- Component: Maker\r\n  - Responsibilities: Makes things, and\r\n    mends them.\r\n  - Interfaces: REST `POST /a`\r\n',
    ],
    [
      'prose',
      '# Shop\n\nHello there.\n\n## Parts\nSome wrods.\n\n- Component: Maker\n  - Responsibilities: Makes things, and mends them.\n  - Interfaces: REST `POST /a`\n\n> And a quote.\n',
    ],
    [
      'a heading for the element',
      '# Shop\n\n## Parts\n\n### Component: Maker\n\n- Responsibilities: Makes things, and mends them.\n- Interfaces: REST `POST /a`\n',
    ],
  ])('%s change no digest', async (_, text) => {
    const spec = await specOf(text);
    expect(placesOf(spec)).toEqual([]);
    expect(spec.digest).toBe(plain.digest);
    expect(accountOf(spec)).toEqual(ACCOUNTED);
  });

  it('of what an element says changes the digest', async () => {
    const spec = await specOf(
      '# Shop\n\n## Parts\n- Component: Maker\n  - Responsibilities: Makes things.\n  - Interfaces: REST `POST /a`\n',
    );
    expect(spec.digest).not.toBe(plain.digest);
  });

  it('is accounted for line by line', async () => {
    const spec = await specOf(
      '---\nid: shop\n---\n# Shop\n\nprose\n\n- Component: Maker\n\n  - Interfaces: REST `GET /a`\n  - Owner: Jane\n\n```\ncode\n```\n',
    );
    expect(spec.coverage).toMatchObject({
      sourceLines: 15,
      documents: 6,
      headings: 1,
      blank: 4,
      prose: 1,
      elementLines: 2,
      notUnderstood: 1,
    });
    expect(spec.lines.map(({ line, endLine, class: what }) => `${line}-${endLine} ${what}`)).toEqual([
      '1-3 document',
      '4-4 heading',
      '5-5 blank',
      '6-6 prose',
      '7-7 blank',
      '8-8 element',
      '9-9 blank',
      '10-10 element',
      '11-11 not-understood',
      '12-12 blank',
      '13-15 document',
    ]);
  });
});

describe('free bullets', () => {
  it('are controls, with the bullets under them', async () => {
    const spec = await sectionOf('- Names are deleted', '  after ninety days:', '  - in the desk', '  - in the archive');
    expect(elementOf(spec, 'control')).toMatchObject({
      section: 'Parts',
      text: 'Names are deleted after ninety days: in the desk in the archive',
      source: { line: 4, endLine: 7 },
    });
  });

  it('keep their id whatever is added elsewhere', async () => {
    const alone = elementOf(await sectionOf('- Names are deleted after ninety days.'), 'control').id;
    const among = await sectionOf(
      '- Names are deleted after ninety days or so.',
      '- Something else.',
      '- Names are deleted after ninety days.',
    );
    expect(among.elements.map((element) => element.id)).toContain(alone);
    expect(new Set(among.elements.map((element) => element.id)).size).toBe(3);
  });

  it.each(['SEC-01: Say it', '**SEC-01**: Say it', '**SEC-01:** Say it', '[SEC-01] Say it'])(
    'keep the id that is printed: %s',
    async (text) => {
      expect(elementOf(await sectionOf(`- ${text}`), 'control')).toMatchObject({
        id: 'control:sec-01',
        sourceId: 'SEC-01',
        text: 'Say it',
      });
    },
  );

  it.each(['S3 buckets are private', 'SOC 2 reports', 'UTF-8 everywhere', 'P0 alerts at once'])(
    'are not taken to print an id: %s',
    async (text) => {
      expect(elementOf(await sectionOf(`- ${text}`), 'control').sourceId).toBeUndefined();
    },
  );

  it('written twice are one, and reported', async () => {
    const spec = await sectionOf('- Say it.', '- Say it.');
    expect(placesOf(spec)).toEqual(['SPEC_CONTROL_DUPLICATE 5:3']);
    expect(spec.elements).toHaveLength(1);
  });
});

describe('checkboxes', () => {
  it('are tasks, at any depth', async () => {
    const spec = await sectionOf(
      '- [ ] One',
      '  - [x] Two',
      '- A control',
      '  - plain',
      '    - [ ]* Three',
      '- Component: Maker',
      '  - [ ] T004 Four',
    );
    const work = spec.elements.filter((element) => element.kind === 'work');
    expect(work.map(({ text, status, optional, sourceId }) => [text, status, optional, sourceId])).toEqual([
      ['One', 'todo', false, undefined],
      ['Two', 'done', false, undefined],
      ['Three', 'todo', true, undefined],
      ['Four', 'todo', false, 'T004'],
    ]);
    expect(spec.coverage).toMatchObject({ checkboxes: 4, checkboxesAccounted: 4 });
  });

  it('worded alike are tasks of their own', async () => {
    const spec = await sectionOf('- [ ] Write tests', '- [ ] Write tests', '## More', '- [ ] Write tests');
    expect(new Set(spec.elements.map((element) => element.id)).size).toBe(3);
    expect(placesOf(spec)).toEqual([]);
  });

  it.each([
    ['in a fence', ['```', '- [ ] One', '- [x] Two', '```'], ['SPEC_BLOCK_IGNORED 4:1'], 2],
    ['in a quote', ['> - [ ] One'], ['SPEC_BLOCK_IGNORED 4:1'], 1],
    ['indented like code', ['', '    - [ ] One'], ['SPEC_BLOCK_IGNORED 5:1'], 1],
    ['in the middle of a paragraph', ['Words', '2. [ ] Two'], ['SPEC_CHECKBOX_IGNORED 5:4'], 1],
    ['without text', ['- [ ]'], ['SPEC_CHECKBOX_IGNORED 4:3'], 1],
    ['with an odd mark', ['- [~] One'], ['SPEC_CHECKBOX_MARKER 4:7'], 1],
  ])('%s are named in a diagnostic', async (_, lines, places, count) => {
    const spec = await sectionOf(...lines);
    expect(spec.diagnostics.map(placeOf)).toEqual(expect.arrayContaining(places));
    expect(spec.coverage).toMatchObject({ checkboxes: count, checkboxesAccounted: count });
  });

  it.each(['- [link](url)', '- [1] note', '- [ref][x]', '- text [ ] here'])('are not: %s', async (line) => {
    expect((await sectionOf(line)).coverage.checkboxes).toBe(0);
  });
});

describe('integrations', () => {
  it.each([
    ['Maps for distances between depots.', 'Maps', 'distances between depots'],
    ['Mail + Chat for alerts', 'Mail + Chat', 'alerts'],
    ['Maps – distances', 'Maps', 'distances'],
    ['Maps', 'Maps', 'Maps'],
  ])('%s', async (text, name, purpose) => {
    expect(elementOf(await sectionOf(`- Integration: ${text}`), 'integration')).toMatchObject({ name, purpose });
  });

  it('may say their purpose below', async () => {
    expect(elementOf(await sectionOf('- Integration: Maps', '  - Purpose: distances'), 'integration')).toMatchObject({
      name: 'Maps',
      purpose: 'distances',
    });
  });
});

describe('what is wrong', () => {
  it.each<[string, string[], string[]]>([
    [
      'an unknown party',
      ['- Component: Order Desk', '- Contract: Thing', '  - Schema: `{}`', '  - Producers: Order Dsek, Somebody Else'],
      ['SPEC_PARTY_UNKNOWN 7:16', 'SPEC_PARTY_UNKNOWN 7:28'],
    ],
    ['a misspelt label', ['- Compnent: Maker'], ['SPEC_LABEL_UNKNOWN 4:3']],
    ['a misspelt field', ['- Component: Maker', '  - Interfces: REST `GET /a`'], ['SPEC_LABEL_UNKNOWN 5:5']],
    ['a field of another kind', ['- Component: Maker', '  - Schema: `{}`'], ['SPEC_FIELD_MISPLACED 5:5']],
    ['a field of nothing', ['- Schema: `{}`'], ['SPEC_FIELD_MISPLACED 4:3']],
    ['a field twice', ['- Component: Maker', '  - Responsibilities: a', '  - Responsibilities: b'], ['SPEC_FIELD_REPEATED 6:5']],
    ['an unknown field', ['- Component: Maker', '  - Owner: Jane'], ['SPEC_LINE_NOT_UNDERSTOOD 5:5']],
    ['an element outside of a bullet', ['Component: Maker'], ['SPEC_LINE_NOT_UNDERSTOOD 4:1']],
    ['a name twice', ['- Component: Maker', '- Component: Maker'], ['SPEC_DUPLICATE 5:14']],
    ['two names for the same files', ['- Component: Order Desk', '- Component: order-desk'], ['SPEC_SLUG_COLLISION 5:14']],
    ['no name', ['- Component:'], ['SPEC_NAME_MISSING 4:13']],
    ['a fence that stays open', ['- Say it', '```', '- Say more'], ['SPEC_FENCE_OPEN 5:1']],
  ])('%s', async (_, lines, places) => {
    expect(
      placesOf(await sectionOf(...lines))
        .filter((place) => !place.startsWith('SPEC_EMPTY'))
        .toSorted(),
    ).toEqual(places.toSorted());
  });

  it('says what was probably meant', async () => {
    expect(diagnosticOf(await sectionOf('- Compnent: Maker'), 'SPEC_LABEL_UNKNOWN').hint).toContain('`Component:`');
    const spec = await contractWith('{}', '- Contract: Other', '  - Schema: `{}`', '  - Producers: Mkaer');
    expect(diagnosticOf(spec, 'SPEC_PARTY_UNKNOWN').hint).toContain('Did you mean `Maker`?');
  });

  it('takes `A and B` for two where either is known', async () => {
    const spec = await contractWith('{}', '- Contract: Other', '  - Schema: `{}`', '  - Producers: Maker and Mender');
    expect(placesOf(spec)).toEqual(['SPEC_PARTY_UNKNOWN 11:26']);
    expect(diagnosticOf(spec, 'SPEC_PARTY_UNKNOWN').message).toContain('producer Mender is');
  });

  it('keeps elements of one kind and name apart in the graph', async () => {
    expect((await sectionOf('- Component: A', '- Component: A')).elements.map((element) => element.id)).toEqual([
      'component:a',
      'component:a-2',
    ]);
  });

  it.each([
    ['nothing at all', '# Shop\n\nwords\n', 'SPEC_EMPTY'],
    ['no title', '- Say it\n', 'SPEC_TITLE_MISSING'],
    ['an empty section', '# Shop\n\n## One\n\n## Two\n- Say it\n', 'SPEC_SECTION_EMPTY'],
    ['a fenced document', '# Shop\n\n```json\n{}\n```\n', 'SPEC_BLOCK_IGNORED'],
    ['an unused contract', '# Shop\n- Contract: A\n  - Schema: `{}`\n', 'SPEC_CONTRACT_UNUSED'],
  ])('%s', async (_, text, code) => {
    expect((await specOf(text)).diagnostics.map((each) => each.code)).toContain(code);
  });
});

describe('front matter', () => {
  it('names the specification', async () => {
    const spec = await specOf(
      '---\nid: my-shop\ntitle: The Shop\nversion: 1.10\nschemaBase: https://shop.example/s\n---\n# Other\n- Contract: A\n  - Schema: `{}`\n',
    );
    expect(spec).toMatchObject({ id: 'my-shop', title: 'The Shop', version: '1.10' });
    expect(elementOf(spec, 'contract').schema['$id']).toBe('https://shop.example/s/a.schema.json');
  });

  it('declares parties that are outside', async () => {
    const spec = await specOf('---\noutsideParties: [Bank]\n---\n# Shop\n- Contract: A\n  - Schema: `{}`\n  - Producers: Bank\n');
    expect(placesOf(spec)).toEqual([]);
  });

  it.each([
    ['titel: x', 'SPEC_FRONT_MATTER_KEY 2:1'],
    ['a: 1\nid: [x]', 'SPEC_FRONT_MATTER_KEY 3:1'],
    ['id: "x', 'SPEC_FRONT_MATTER_INVALID 3:1'],
    ['id: {', 'SPEC_FRONT_MATTER_INVALID 3:1'],
    ['schemaBase: schemas', 'SPEC_FRONT_MATTER_KEY 2:1'],
    ['just words', 'SPEC_FRONT_MATTER_INVALID 2:1'],
    ['outsideParties: x', 'SPEC_FRONT_MATTER_KEY 2:1'],
  ])('%s', async (yaml, place) => {
    expect(placesOf(await specOf(`---\n${yaml}\n---\n# Shop\n- Say it\n`))).toContain(place);
  });

  it('that is never closed is none', async () => {
    expect((await specOf('---\n\n# Shop\n- Say it\n')).title).toBe('Shop');
  });
});

describe('several files', () => {
  it('are one specification', async () => {
    const spec = await specOf({
      'a.md': '# Shop\n- Component: Maker\n',
      'b/c.md': '# Contracts\n- Contract: A\n  - Schema: `{}`\n  - Producers: Maker\n',
    });
    expect(spec.title).toBe('Shop');
    expect(elementOf(spec, 'contract')).toMatchObject({
      producers: [{ element: 'component:maker' }],
      source: { file: 'b/c.md', line: 2 },
    });
    expect(placesOf(spec)).toEqual([]);
  });

  it('leave a README beside them unread', async () => {
    const spec = await specOf({ 'README.md': '# Read me\n- a bullet\n', 'spec.md': '# Shop\n- Say it\n' });
    expect(spec.elements).toHaveLength(1);
    expect(spec.diagnostics.map((each) => each.code)).toEqual(['SPEC_CONTEXT_FILE']);
  });

  it('read a README that stands alone', async () => {
    expect((await specOf({ 'README.md': '# Shop\n- Say it\n' })).elements).toHaveLength(1);
  });
});

describe('names', () => {
  it.each([
    ['AgentNexus Technical Specification (Final)', 'agent-nexus'],
    ['Shop Spec', 'shop'],
    ['Specification', 'specification'],
  ])('%s gives the package %s', async (title, id) => {
    expect((await specOf(`# ${title}\n- Say it\n`)).id).toBe(id);
  });
});
