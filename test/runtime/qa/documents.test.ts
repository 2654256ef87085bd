import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';

import { checkDocuments } from '../../../src/runtime/qa/documents.ts';
import { checkout } from '../../../src/runtime/workspace/checkout.ts';
import { productOf } from './product.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function faultsOf(path: string, document: unknown, more: Record<string, string> = {}): string[] {
  const product = productOf({ [path]: typeof document === 'string' ? document : JSON.stringify(document), ...more });
  const folder = mkdtempSync(join(tmpdir(), 'documents-'));
  folders.push(folder);
  checkout(product.tree, folder, product.read);
  const paths = product.tree.map(({ path: each }) => each);
  return checkDocuments(paths, folder).map(({ code, path: where, message }) => `${code} ${where} ${message}`);
}

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

describe('JSON Schemas', () => {
  const order = { $schema: DIALECT, $id: 'https://example.org/order', type: 'object', properties: { buyer: { $ref: 'buyer' } } };
  const buyer = JSON.stringify({ $schema: DIALECT, $id: 'https://example.org/buyer', type: 'string' });

  it('may refer to one another', () => {
    expect(faultsOf('schemas/order.schema.json', order, { 'schemas/buyer.schema.json': buyer })).toEqual([]);
  });

  it('must not refer to what is not there', () => {
    expect(faultsOf('schemas/order.schema.json', order)).toEqual([expect.stringMatching(/order\.schema\.json .*buyer/)]);
  });

  it('must be what the meta-schema says', () => {
    const faults = faultsOf('schemas/a.schema.json', { $schema: DIALECT, type: 'strnig', minLength: -1 });
    expect(faults).toEqual([expect.stringMatching(/^QA_DOCUMENT schemas\/a\.schema\.json .*type/)]);
  });

  it('must be JSON', () => {
    expect(faultsOf('schemas/a.schema.json', '{')).toEqual([expect.stringContaining('is no JSON')]);
    expect(faultsOf('schemas/a.schema.json', '[]')).toEqual([expect.stringContaining('is no JSON object')]);
  });
});

describe('OpenAPI documents', () => {
  const document = (response: object) => ({
    openapi: '3.1.0',
    info: { title: 'Orders', version: '1.0.0' },
    paths: { '/orders': { post: { responses: { 201: response } } } },
  });
  const schema = (value: object) => document({ description: 'made', content: { 'application/json': { schema: value } } });

  it('pass when they are right', () => {
    expect(faultsOf('api/orders.openapi.json', schema({ type: 'object' }))).toEqual([]);
  });

  it.each([
    ['a response without a description', document({}), /\/paths\/~1orders\/post\/responses\/201 .*description/],
    ['a schema object that is none', schema({ type: 'objct' }), /schema\/type/],
    [
      'a reference that leads nowhere',
      schema({ $ref: '#/components/schemas/Order' }),
      /\$ref #\/components\/schemas\/Order leads nowhere/,
    ],
  ])('fail for %s', (_, value, fault) => {
    expect(faultsOf('api/orders.openapi.json', value).join('\n')).toMatch(fault);
  });
});

describe('AsyncAPI documents', () => {
  const document = (action: string, version = '3.0.0') => ({
    asyncapi: version,
    info: { title: 'Orders', version: '1.0.0' },
    channels: { orders: { address: 'orders', messages: { made: { payload: { type: 'object' } } } } },
    operations: { tell: { action, channel: { $ref: '#/channels/orders' } } },
  });

  it('pass when they are right', () => {
    expect(faultsOf('api/orders.asyncapi.json', document('send'))).toEqual([]);
    expect(faultsOf('api/orders.asyncapi.json', document('send', '3.1.0'))).toEqual([]);
  });

  it('fail for what the official schema does not allow', () => {
    expect(faultsOf('api/orders.asyncapi.json', document('shout')).join('\n')).toMatch(
      /\/operations\/tell\/action .*"send","receive"/,
    );
    expect(faultsOf('api/orders.asyncapi.json', document('send', '2.6.0')).join('\n')).toMatch(/must be 3\.0\.0 or 3\.1\.0/);
  });
});
