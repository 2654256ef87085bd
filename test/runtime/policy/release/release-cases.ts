import type { PolicyVerdict } from '../../../../src/runtime/policy/release/policy-answer.ts';

/** A policy, an input, and what every engine must say. */
export interface ReleaseCase {
  name: string;
  files: Record<string, string>;
  input: unknown;
  verdict: PolicyVerdict;
}

const pass: PolicyVerdict = { result: 'pass', findings: [] };
const denied = (...messages: string[]): PolicyVerdict => ({
  result: 'fail',
  findings: messages.map((message) => ({ level: 'deny', message })),
});

const release = (...lines: string[]): Record<string, string> => ({
  'release.rego': ['package agentnexus.release', ...lines].join('\n'),
});

/** What policies may be written like, and what must never let anything through. */
export const RELEASE_CASES: readonly ReleaseCase[] = [
  {
    name: 'allow is true and nothing is denied',
    files: release('allow := true', 'deny contains "x" if false'),
    input: {},
    verdict: pass,
  },
  { name: 'allow alone', files: release('allow if input.mission == "m"'), input: { mission: 'm' }, verdict: pass },
  {
    name: 'allow that is undefined',
    files: release('allow if input.mission == "m"', 'deny contains "never" if false'),
    input: { mission: 'other' },
    verdict: denied('data.agentnexus.release.allow is undefined'),
  },
  {
    name: 'deny alone: nobody has said yes',
    files: release('deny contains "x" if input.bad'),
    input: {},
    verdict: denied('data.agentnexus.release.allow is undefined'),
  },
  {
    name: 'allow that is a text',
    files: release('allow := "yes"'),
    input: {},
    verdict: denied('data.agentnexus.release.allow is neither true nor false'),
  },
  {
    name: 'a denial beside allow',
    files: release('allow := true', 'deny contains "one" if true', 'deny contains "two" if input.two'),
    input: { two: true },
    verdict: denied('one', 'two'),
  },
  {
    name: 'findings with id and path, and a warning',
    files: release(
      'allow := true',
      'deny contains {"id": "size", "msg": sprintf("%s is large", [file.path]), "path": file.path} if some file in input.product.files',
      'warn contains "old"',
    ),
    input: { product: { files: [{ path: 'a.js' }] } },
    verdict: {
      result: 'fail',
      findings: [
        { level: 'deny', message: 'a.js is large', rule: 'size', path: 'a.js' },
        { level: 'warn', message: 'old' },
      ],
    },
  },
  {
    name: 'deny that is no set',
    files: release('allow := true', 'deny := "no"'),
    input: {},
    verdict: denied('data.agentnexus.release.deny is no set'),
  },
  {
    name: 'a denial that is no text',
    files: release('allow := true', 'deny contains 7'),
    input: {},
    verdict: denied('7'),
  },
  {
    name: 'a policy of another package',
    files: { 'other.rego': 'package other\nallow := true' },
    input: {},
    verdict: denied('the policy says nothing: it has no package agentnexus.release with allow and deny'),
  },
  {
    name: 'rules as Conftest has them, kept',
    files: {
      'main.rego': 'package main\ndeny_size contains "large" if input.size > 3\nviolation contains {"msg": "bad"} if input.bad',
    },
    input: { size: 1, bad: false },
    verdict: pass,
  },
  {
    name: 'rules as Conftest has them, broken',
    files: {
      'main.rego': 'package main\ndeny_size contains "large" if input.size > 3\nviolation contains {"msg": "bad"} if input.bad',
    },
    input: { size: 9, bad: true },
    verdict: denied('bad', 'large'),
  },
  {
    name: 'package main without a rule that could deny',
    files: { 'main.rego': 'package main\nwarn contains "w" if false' },
    input: {},
    verdict: denied('data.main has no deny and no violation'),
  },
  {
    name: 'data files, where they lie',
    files: {
      'release.rego': 'package agentnexus.release\nallow if input.mission in data.allowed.missions',
      'allowed/data.json': '{"missions": ["m"]}',
    },
    input: { mission: 'm' },
    verdict: pass,
  },
];
