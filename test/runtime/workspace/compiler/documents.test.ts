import { createRequire } from 'node:module';

import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, test } from 'vitest';

import type { JsonObject } from '../../../../src/base/json.ts';
import { makeShop, Workshop } from './fixture.ts';

const require = createRequire(import.meta.url);
let shop: Workshop;

beforeAll(async () => {
  shop = await makeShop();
});

/** What the official schema of a kind of document finds. */
function faultsOf(ajv: Ajv | Ajv2020, schema: object, document: JsonObject): unknown {
  formats.default(ajv);
  ajv.addFormat('media-range', true);
  const validate = ajv.compile(schema);
  validate(document);
  return validate.errors;
}

function schemaPaths(document: JsonObject): string[] {
  return [...JSON.stringify(document).matchAll(/"\$ref":"\.\.\/([^"]+)"/g)].map(([, path = '']) => path);
}

describe('OpenAPI', () => {
  test('meets the official schema of 3.1, and has each REST interface once', () => {
    const official = require('@seriousme/openapi-schema-validator/schemas/v3.1/schema.json') as { $defs: object };
    // The official schema leaves the dialect of schemas open; this is what OpenAPI says it is by default.
    const bound = { ...official, $defs: { ...official.$defs, schema: { $ref: 'https://json-schema.org/draft/2020-12/schema' } } };
    const document = shop.json('api/shop-desk.openapi.json');
    expect(faultsOf(new Ajv2020({ strict: false }), bound, document)).toBe(null);
    expect(faultsOf(new Ajv2020({ strict: false }), bound, { ...document, paths: { x: {} } })).not.toBe(null);
    const paths = document['paths'] as Record<string, JsonObject>;
    expect(Object.entries(paths).flatMap(([path, item]) => Object.keys(item).map((method) => `${method} ${path}`))).toEqual([
      'post /orders',
      'get /orders',
      'get /orders/{id}',
      'put /settings',
    ]);
  });

  test('speaks of the contract by its schema file, and says where there is none', () => {
    const text = JSON.stringify(shop.json('api/shop-desk.openapi.json'));
    expect(text).toContain('../schemas/order.schema.json');
    expect(text).toContain('The specification names no contract for this');
  });
});

describe('AsyncAPI', () => {
  test('meets the official schema of 3.0', () => {
    const official = require('@asyncapi/specs/schemas/3.0.0-without-$id.json') as object;
    const document = shop.json('api/shop-desk.asyncapi.json');
    const options = { strict: false, logger: false } as const;
    expect(faultsOf(new Ajv(options), official, document)).toBe(null);
    expect(faultsOf(new Ajv(options), official, { ...document, asyncapi: '1.0.0' })).not.toBe(null);
    expect(Object.values(document['channels'] as Record<string, { address: string }>).map(({ address }) => address)).toEqual([
      'orders.*',
      'order-events',
    ]);
  });
});

test('every schema that a document refers to is there', () => {
  const paths = ['openapi', 'asyncapi'].flatMap((kind) => schemaPaths(shop.json(`api/shop-desk.${kind}.json`)));
  expect(paths.length).toBeGreaterThan(0);
  for (const path of paths) expect(shop.files.has(path)).toBe(true);
});

describe('proto', () => {
  test('has a message for each contract and a method for each way it goes', () => {
    const text = shop.text('api/shop-desk.proto');
    expect(text).toContain('package shop;');
    expect(text).toContain('service DeskService {');
    expect(text).toContain('rpc SubmitError_(Error_) returns (google.protobuf.Empty);');
    expect(text).toContain('rpc WatchOrder(google.protobuf.Empty) returns (stream Order);');
    expect(text).toContain('google.protobuf.Timestamp placed_at = 5;');
    expect(text).toContain('STATE_OPEN = 1;');
  });
});

describe('SQL', () => {
  test('runs in SQLite as it is; the view shows what is in the table, and the table keeps the contract', () => {
    const database = new Database(':memory:');
    database.exec(shop.text('api/shop-desk.sql'));
    const insert = (state: string): unknown =>
      database
        .prepare('INSERT INTO analytics."order" VALUES (?, ?, ?, ?, ?, ?)')
        .run('1', state, 2.5, '[]', '2026-01-01T00:00:00.000Z', 'x:y');
    insert('open');
    expect(database.prepare('SELECT state, total FROM analytics.order_summary').all()).toEqual([{ state: 'open', total: 2.5 }]);
    expect(() => insert('lost')).toThrow('CHECK constraint failed');
    database.prepare('INSERT INTO loose_rows VALUES (?)').run('{"a":1}');
    expect(database.prepare('SELECT * FROM loose').all()).toEqual([{ data: '{"a":1}' }]);
    database.close();
  });

  test('no name can end its quotes', async () => {
    const workshop = new Workshop();
    const name = `a"; DROP TABLE x; --.b') OR 1=1 \0 \n "`;
    const properties = {
      'id"': { type: 'string' },
      [`x'); DROP TABLE y; --`]: { enum: [`it's`, `";`] },
      ID: { type: 'integer' },
      Id: {},
    };
    await workshop.make('contract', 'contract:b', {
      name: 'B or',
      slug: 'b-or',
      schema: { type: 'object', properties, required: ['id"'] },
      refersTo: [],
    });
    await workshop.make('component', 'component:c', {
      name: '*/ evil',
      slug: 'evil',
      responsibilities: [],
      interfaces: [
        { kind: 'sql-view', name, description: '' },
        { kind: 'sql-view', name: 'b or', description: '' },
      ],
      produces: [{ name: 'B or', slug: 'b-or' }],
      consumes: [],
    });
    const database = new Database(':memory:');
    expect(() => database.exec(workshop.text('api/evil.sql'))).not.toThrow();
    database.close();
  });
});
