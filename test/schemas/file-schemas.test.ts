import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import type { JsonObject } from '../../src/base/json.ts';
import { compileSchema } from '../../src/base/schema.ts';
import { DIAGNOSTICS } from '../../src/spec/diagnostics.ts';
import { NexusError } from '../../src/base/errors.ts';
import { readLevels } from '../../src/spec/levels/read-levels.ts';
import { QA_CONFIG_SCHEMA } from '../../src/runtime/app/judging/qa-config-schema.ts';
import policySchema from '../../schemas/mission-policy.schema.json' with { type: 'json' };
import { specOf } from '../spec/bundle-of.ts';

const schemaOf = (name: string) =>
  JSON.parse(
    readFileSync(join(import.meta.dirname, '..', '..', 'schemas', 'files', `${name}.schema.json`), 'utf8'),
  ) as JsonObject;

it('the schema of the configuration has the section on tests that the program reads by', () => {
  expect(schemaOf('agentnexus')).toMatchObject({ properties: { qa: QA_CONFIG_SCHEMA } });
});

it('the schema of the configuration has a policy as a file of its own would have it', () => {
  const { description, type, additionalProperties, properties } = policySchema;
  expect(schemaOf('agentnexus')).toMatchObject({
    properties: { policy: { description, type, additionalProperties, properties } },
  });
});

describe('the schema of the configuration says what the program says', () => {
  const check = compileSchema(schemaOf('agentnexus'));
  const isRead = (text: string): boolean => {
    try {
      readLevels(text, 'x');
      return true;
    } catch (error) {
      if (error instanceof NexusError) return false;
      throw error;
    }
  };

  it.each([
    'validate: {}',
    'retention: { payloads: 90d }',
    'validate: { levels: { SPEC_CYCLE: off } }',
    'validate: { overrides: [{ paths: [a/**], levels: { SPEC_EMPTY: info } }] }',
    'validate: { levels: { SPEC_CYCEL: off } }',
    'validate: { levels: { SPEC_CYCLE: warn } }',
    'validate: { level: {} }',
    'validat: {}',
    'validate: { overrides: [{ levels: {} }] }',
    'validate: { overrides: {} }',
    'validate: { overrides: [{ paths: [1] }] }',
    'validate: { overrides: [{ paths: [""] }] }',
  ])('%s', (text) => {
    expect(check(parse(text)).valid).toBe(isRead(text));
  });
});

describe.each(['front-matter', 'script'])('the schema %s', (name) => {
  it('tells of every member, for editors that complete it', () => {
    const silent = (schema: unknown, path: string): string[] => {
      if (typeof schema !== 'object' || schema === null) return [];
      return Object.entries(schema).flatMap(([key, value]: [string, unknown]) => {
        if (key !== 'properties') return silent(value, `${path}/${key}`);
        return Object.entries(value as JsonObject).flatMap(([member, of]) => [
          ...(typeof of === 'object' && of !== null && 'description' in of ? [] : [`${path}/${member}`]),
          ...silent(of, `${path}/${member}`),
        ]);
      });
    };
    expect(silent(schemaOf(name), '')).toEqual([]);
  });
});

describe('the schema of the front matter says what the program says', () => {
  const check = compileSchema(schemaOf('front-matter'));

  it.each([
    'title: Shop',
    'version: 1.10',
    'id: shop\nname: Shop\ntags: [a]\nlicense: MIT',
    'outsideParties: [Audit Service, Trusted CLI]',
    'schemaBase: https://example.com/schemas/',
    'titel: Shop',
    'title: [Shop]',
    'outsideParties: Audit',
    'schemaBase: shop',
  ])('%s', async (yaml) => {
    const found = (await specOf(`---\n${yaml}\n---\n# Shop\n`)).diagnostics.filter(
      ({ code }) => code === 'SPEC_FRONT_MATTER_KEY',
    );
    expect(check(parse(yaml)).valid).toBe(found.length === 0);
  });
});

describe('anchors', () => {
  it('are in the page of diagnostics for each that has been generated, under its code', () => {
    const docs = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'diagnostics.md'), 'utf8');
    const anchors = [...docs.matchAll(/<a id="(\w+)"><\/a>`(\w+)`/g)];
    expect(anchors.filter(([, id, code]) => id !== code)).toEqual([]);
    expect(anchors.length).toBeGreaterThan(40);
    expect(anchors.filter(([, id = '']) => !Object.hasOwn(DIAGNOSTICS, id))).toEqual([]);
  });
});
