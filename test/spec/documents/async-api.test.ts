import { describe, expect, it } from 'vitest';

import type { Specification } from '../../../src/spec/model.ts';
import { ACCOUNTED, accountOf, contractNamed, diagnosticOf, elementOf, specOf } from '../bundle-of.ts';

async function read(document: unknown): Promise<Specification> {
  const spec = await specOf({ 'spec.md': '# Shop\n', 'events.json': JSON.stringify(document) });
  expect(accountOf(spec)).toEqual(ACCOUNTED);
  return spec;
}

const id = { type: 'object', properties: { id: { type: 'string' } } };
const schemas = { Order: id, Line: { type: 'object', properties: { order: { $ref: '#/components/schemas/Order' } } } };

describe('an AsyncAPI 3 document', async () => {
  const spec = await read({
    asyncapi: '3.0.0',
    info: { title: 'Order Events' },
    servers: { main: { host: 'broker', protocol: 'kafka' } },
    channels: {
      placed: { address: 'orders.placed', title: 'New orders', messages: { placed: { $ref: '#/components/messages/Placed' } } },
      cancelled: { address: 'orders.cancelled', messages: { Cancelled: { payload: id } } },
    },
    operations: {
      onPlaced: { action: 'receive', channel: { $ref: '#/channels/placed' } },
      cancel: {
        action: 'send',
        channel: { $ref: '#/channels/cancelled' },
        messages: [{ $ref: '#/channels/cancelled/messages/Cancelled' }],
      },
    },
    components: {
      schemas,
      messages: {
        Placed: { payload: { $ref: '#/components/schemas/Order' } },
        Line: { payload: { schemaFormat: 'application/schema+json', schema: id } },
        Old: { schemaFormat: 'application/vnd.apache.avro;version=1.9.0', payload: { type: 'record' } },
      },
    },
  });

  it('has channels as interfaces, schemas and payloads as contracts', () => {
    expect(elementOf(spec, 'component')).toMatchObject({
      name: 'Order Events',
      interfaces: [
        { kind: 'topic', name: 'orders.placed', description: 'New orders' },
        { kind: 'topic', name: 'orders.cancelled' },
      ],
    });
    expect(spec.elements.filter(({ kind }) => kind === 'contract').map(({ name }) => name)).toEqual([
      'Order',
      'Line',
      'Line message',
      'Cancelled',
    ]);
    expect(contractNamed(spec, 'Line').schema).toMatchObject({ properties: { order: { $ref: 'order.schema.json' } } });
  });

  it('says who sends and who receives', () => {
    expect(contractNamed(spec, 'Order')).toMatchObject({ producers: [], consumers: [{ name: 'Order Events' }] });
    expect(contractNamed(spec, 'Cancelled')).toMatchObject({ producers: [{ name: 'Order Events' }], consumers: [] });
    expect(diagnosticOf(spec, 'SPEC_DOCUMENT_IGNORED').message).toContain('avro');
  });
});

describe('an AsyncAPI 2 document', async () => {
  const spec = await read({
    asyncapi: '2.6.0',
    info: { title: 'Lights' },
    servers: { main: { url: 'ws://lights', protocol: 'ws' } },
    channels: {
      'light/on': { publish: { message: { $ref: '#/components/messages/On' } } },
      'light/state': {
        subscribe: {
          message: {
            oneOf: [
              { name: 'Bright', payload: id },
              { payload: id },
              { $ref: '#/components/messages/Missing' },
              { $ref: 'other.yaml' },
            ],
          },
        },
      },
    },
    components: { messages: { On: { payload: id }, Loop: { $ref: '#/components/messages/Loop' } } },
  });

  it('has the messages of its channels, those in place too; what others publish it consumes', () => {
    expect(elementOf(spec, 'component').interfaces.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'websocket light/on',
      'websocket light/state',
    ]);
    const contracts = spec.elements.flatMap((element) =>
      element.kind === 'contract' ? [[element.name, element.producers.length, element.consumers.length]] : [],
    );
    expect(contracts).toEqual([
      ['On', 0, 1],
      ['Bright', 1, 0],
      ['light/state subscribe 2', 1, 0],
    ]);
  });

  it('may be empty or odd', async () => {
    for (const document of [
      { asyncapi: '2.0.0' },
      { asyncapi: '3.0.0', channels: [], operations: { a: 1 } },
      { asyncapi: '3.1.0', channels: { a: null }, components: { messages: { A: 1, B: { payload: true } } } },
    ]) {
      expect(elementOf(await read(document), 'component').interfaces).toEqual([]);
    }
  });
});
