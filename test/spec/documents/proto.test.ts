import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { buildGraph } from '../../../src/spec/build-graph.ts';
import { parseProto } from '../../../src/spec/documents/proto/parse-proto.ts';
import { ACCOUNTED, accountOf, contractNamed, diagnosticOf, elementOf, specOf } from '../bundle-of.ts';
import { checkLaws } from '../laws.ts';
import { mutationsOf } from '../mutate.ts';
import { cpuTime } from '../cpu-time.ts';

const SHOP = [
  'syntax = "proto3"; // the third',
  'package shop.v1;',
  'import "google/protobuf/timestamp.proto";',
  'option go_package = "shop";',
  '',
  '/* An order; message Not { } */',
  'message Order {',
  '  string id = 1;',
  '  repeated Line line_items = 2 [deprecated = true];',
  '  map<string, int64> stock = 3;',
  '  google.protobuf.Timestamp placed_at = 4 [json_name = "placed"];',
  '  Status status = 5;',
  '  oneof payment { string card = 6; Cash cash = 7; }',
  '  reserved 8, 9 to 11;',
  '  reserved "old";',
  '  uint32 message = 12;',
  '  message Line { int32 count = 1; Line next = 2; }',
  '  enum Status { option allow_alias = true; STATUS_UNSPECIFIED = 0; OPEN = 1 [(note) = "x"]; }',
  '}',
  'message Cash {}',
  'service Orders {',
  '  option (owner) = "x";',
  '  rpc Place (Order) returns (Cash) { option (google.api.http) = { post: "/orders" body: "*" }; }',
  '  rpc Watch (stream .shop.v1.Order.Line) returns (stream Order);',
  '}',
  '',
].join('\n');

describe('a .proto file', async () => {
  const spec = await specOf({ 'order.proto': SHOP, 'spec.md': '# Shop\n' });

  it('gives contracts in the JSON form of its messages', () => {
    expect(accountOf(spec)).toEqual(ACCOUNTED);
    expect(contractNamed(spec, 'Order').schema).toMatchObject({
      type: 'object',
      additionalProperties: false,
      properties: {
        id: { type: 'string' },
        lineItems: { type: 'array', items: { $ref: 'order-line.schema.json' } },
        stock: { type: 'object', additionalProperties: { type: 'string' } },
        placed: { type: 'string', format: 'date-time' },
        status: { type: 'string', enum: ['STATUS_UNSPECIFIED', 'OPEN'] },
        card: { type: 'string', description: 'At most one of `payment` is set.' },
        cash: { $ref: 'cash.schema.json' },
        message: { type: 'integer', minimum: 0 },
      },
    });
    expect(contractNamed(spec, 'Order')).toMatchObject({
      sourceId: 'shop.v1.Order',
      source: { file: 'order.proto', line: 7, endLine: 19 },
    });
    expect(contractNamed(spec, 'Order.Line').schema).toMatchObject({
      properties: { count: { type: 'integer' }, next: { $ref: 'order-line.schema.json' } },
    });
    expect(spec.diagnostics.filter(({ severity }) => severity !== 'info')).toEqual([]);
  });

  it('gives gRPC interfaces, and says who makes and takes the messages', () => {
    expect(elementOf(spec, 'component')).toMatchObject({
      name: 'Orders',
      interfaces: [
        { kind: 'grpc', name: 'shop.v1.Orders/Place', description: 'Order → Cash' },
        { kind: 'grpc', name: 'shop.v1.Orders/Watch', description: 'stream of .shop.v1.Order.Line → stream of Order' },
      ],
    });
    expect(contractNamed(spec, 'Order')).toMatchObject({ producers: [{ name: 'Orders' }], consumers: [{ name: 'Orders' }] });
    expect(contractNamed(spec, 'Cash')).toMatchObject({ producers: [{ name: 'Orders' }], consumers: [] });
    expect(buildGraph(spec).tasks.length).toBeGreaterThan(3);
  });

  it('may refer to the messages of another, by package and by the innermost name', async () => {
    const two = await specOf({
      'a.proto': 'package a.b; message Thing { c.Other other = 1; Inner inner = 2; message Inner { bool ok = 1; } }',
      'c.proto': 'package a.c; message Other { a.b.Thing.Inner back = 1; } message Inner {}',
    });
    expect(contractNamed(two, 'Thing').schema).toMatchObject({
      properties: { other: { $ref: 'other.schema.json' }, inner: { $ref: 'thing-inner.schema.json' } },
    });
    expect(contractNamed(two, 'Other').schema).toMatchObject({ properties: { back: { $ref: 'thing-inner.schema.json' } } });
  });

  it('cuts circles of messages where they close, and says so', async () => {
    const spec2 = await specOf({ 'a.proto': 'message A { B b = 1; }\nmessage B { repeated A all = 1; }' });
    expect([contractNamed(spec2, 'A').refersTo, contractNamed(spec2, 'B').refersTo].flat()).toHaveLength(1);
    expect(diagnosticOf(spec2, 'SPEC_PROTO_IGNORED').message).toContain('circle');
    expect(spec2.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('tells messages of one name in two packages apart', async () => {
    const two = await specOf({ 'a.proto': 'package a; message Thing {}', 'b.proto': 'package b; message Thing {}' });
    expect(two.elements.map(({ id }) => id)).toEqual(['contract:a-thing', 'contract:b-thing']);
  });

  it('of proto2 has required fields and groups', async () => {
    const old = await specOf({
      'old.proto':
        'syntax = "proto2"; message Old { required bytes key = 1; optional group Result = 2 { optional double score = 1; } extensions 100 to max; }',
    });
    expect(contractNamed(old, 'Old').schema).toMatchObject({
      required: ['key'],
      properties: { result: { $ref: 'old-result.schema.json' } },
    });
    expect(contractNamed(old, 'Old.Result').schema).toMatchObject({ properties: { score: { type: 'number' } } });
  });

  it('is read on after what is not understood, which is named', async () => {
    const text = [
      'message A {',
      '  what is this',
      '  ;',
      '  string ok = 1;',
      '}',
      'extend B { int32 x = 1; }',
      'wibble;',
      'message C { D d = 1; }',
      'message E {',
      '',
    ].join('\n');
    const spec2 = await specOf({ 'odd.proto': text });
    expect(contractNamed(spec2, 'A').schema).toMatchObject({ properties: { ok: { type: 'string' } } });
    expect(contractNamed(spec2, 'C').schema).toMatchObject({ properties: { d: {} } });
    const faults = spec2.diagnostics.filter(({ code }) => code === 'SPEC_PROTO_IGNORED');
    expect(faults.map(({ line }) => line)).toEqual([2, 6, 7, 8, 9]);
    expect(diagnosticOf(spec2, 'SPEC_PROTO_IGNORED').severity).toBe('warning');
  });

  const long = {
    nested: 'message A {'.repeat(50_000),
    oneofs: `message A { ${'oneof a {'.repeat(50_000)}`,
    comments: '/*'.repeat(100_000),
    names: `message A { ${'a.'.repeat(200_000)}b c = 1; }`,
    braces: '}'.repeat(300_000),
    options: `message A { string a = 1 ${'['.repeat(100_000)}`,
    unended: `message A { ${'string a = 1 [x] '.repeat(50_000)}`,
  };
  it.each(Object.keys(long) as (keyof typeof long)[])('of many %s is parsed in time', (what) => {
    const started = cpuTime();
    parseProto(long[what]);
    expect(cpuTime() - started).toBeLessThan(1000);
  });

  it('keeps the laws when it is broken', async () => {
    await fc.assert(
      fc.asyncProperty(
        mutationsOf([SHOP]),
        async (text) => void (await checkLaws({ 'order.proto': text, 'spec.md': '# Shop\n' }, 'native')),
      ),
      { numRuns: 500 },
    );
  });
});
