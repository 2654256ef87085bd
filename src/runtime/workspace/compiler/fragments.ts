import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/json.ts';
import { slug as slugOf } from '../../../base/text.ts';
import type { InterfaceKind } from '../../../spec/model.ts';

/** Something of the specification that a file is named after. */
export interface Named {
  name: string;
  slug: string;
}

export interface ScaffoldFragment {
  /** Of the npm package. */
  name: string;
  title: string;
  /** Of the package; what the specification says if that is a semantic version. */
  version: string;
}

export interface ContractFragment extends Named {
  schema: JsonObject;
  refersTo: Named[];
}

export interface InterfaceFragment {
  kind: InterfaceKind;
  name: string;
  description: string;
  method?: string;
  path?: string;
}

export interface ComponentFragment extends Named {
  responsibilities: string[];
  interfaces: InterfaceFragment[];
  produces: Named[];
  consumes: Named[];
}

export interface IntegrationFragment extends Named {
  purpose: string;
}

export interface ElementFragment extends Named {
  id: string;
  kind: string;
  source: Lines;
}

export interface ControlFragment {
  id: string;
  text: string;
  section: string;
  source: Lines;
}

/** Lines of the specification and what they are: an element's id, or `prose`, `heading`, `blank` … */
export interface LineRange {
  file: string;
  from: number;
  to: number;
  what: string;
}

export interface Lines {
  file: string;
  line: number;
  endLine: number;
}

export interface AssembleFragment extends ScaffoldFragment {
  elements: ElementFragment[];
  controls: ControlFragment[];
  lines: LineRange[];
}

/** The task's fragment is not of the shape its kind has; ends the task as failed, not the compiler. */
export class FragmentError extends Error {}

export function scaffoldFragment(value: JsonValue): ScaffoldFragment {
  const fragment = record(value, 'fragment');
  const version = optionalText(fragment, 'version');
  return {
    name: packageName(text(fragment, 'name')),
    title: optionalText(fragment, 'title') || text(fragment, 'name'),
    version: SEMANTIC.test(version) ? version : '0.1.0',
  };
}

export function contractFragment(value: JsonValue): ContractFragment {
  const fragment = record(value, 'fragment');
  return { ...named(fragment), schema: record(fragment['schema'], 'schema'), refersTo: list(fragment, 'refersTo').map(named) };
}

export function componentFragment(value: JsonValue): ComponentFragment {
  const fragment = record(value, 'fragment');
  return {
    ...named(fragment),
    responsibilities: list(fragment, 'responsibilities').map(String),
    interfaces: list(fragment, 'interfaces').map((item) => interfaceFragment(record(item, 'interface'))),
    produces: unique(list(fragment, 'produces').map(named)),
    consumes: unique(list(fragment, 'consumes').map(named)),
  };
}

export function integrationFragment(value: JsonValue): IntegrationFragment {
  const fragment = record(value, 'fragment');
  return { ...named(fragment), purpose: optionalText(fragment, 'purpose') };
}

export function assembleFragment(value: JsonValue): AssembleFragment {
  const fragment = record(value, 'fragment');
  return {
    ...scaffoldFragment(value),
    elements: list(fragment, 'elements').map((item) => elementFragment(record(item, 'element'))),
    controls: list(fragment, 'controls').map((item) => controlFragment(record(item, 'control'))),
    lines: list(fragment, 'lines').map((item) => lineRange(record(item, 'line range'))),
  };
}

function interfaceFragment(fragment: JsonObject): InterfaceFragment {
  const { method, path } = fragment;
  return {
    // The interpreter's vocabulary; another word is treated as a plain call.
    kind: text(fragment, 'kind') as InterfaceKind,
    name: text(fragment, 'name'),
    description: optionalText(fragment, 'description'),
    ...(typeof method === 'string' ? { method } : {}),
    ...(typeof path === 'string' ? { path } : {}),
  };
}

function elementFragment(fragment: JsonObject): ElementFragment {
  return { ...named(fragment), id: text(fragment, 'id'), kind: text(fragment, 'kind'), source: lines(fragment) };
}

function controlFragment(fragment: JsonObject): ControlFragment {
  return {
    id: text(fragment, 'id'),
    text: text(fragment, 'text'),
    section: optionalText(fragment, 'section'),
    source: lines(fragment),
  };
}

function lineRange(fragment: JsonObject): LineRange {
  return {
    file: text(fragment, 'file'),
    from: number(fragment, 'from'),
    to: number(fragment, 'to'),
    what: text(fragment, 'what'),
  };
}

function lines(fragment: JsonObject): Lines {
  const source = record(fragment['source'], 'source');
  return { file: text(source, 'file'), line: number(source, 'line'), endLine: number(source, 'endLine') };
}

/** `{name, slug}`, a bare name or a slug. */
function named(value: unknown): Named {
  if (typeof value === 'string') return { name: value, slug: safeSlug(slugOf(value.replace(/^contract:/, ''))) };
  const fragment = record(value, 'name');
  const name = text(fragment, 'name');
  return { name, slug: safeSlug(optionalText(fragment, 'slug') || slugOf(name)) };
}

/** Slugs become file names: letters, digits and single hyphens only. */
function safeSlug(slug: string): string {
  if (!/^[\p{L}\p{N}\p{M}]+(?:-[\p{L}\p{N}\p{M}]+)*$/u.test(slug))
    throw new FragmentError(`slug ${JSON.stringify(slug)} cannot be a file name`);
  if (Buffer.byteLength(slug) > 200)
    throw new FragmentError(`slug ${JSON.stringify(`${slug.slice(0, 40)}…`)} is too long for a file name`);
  return slug;
}

/** Semantic Versioning 2.0.0, without its build part. */
const SEMANTIC = /^(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2}(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;

/** An npm package name: lower-case ASCII, no leading dot or underscore, at most 214 characters. */
function packageName(name: string): string {
  const safe = name
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+|-+$/g, '')
    .slice(0, 214);
  return safe === '' ? 'specification' : safe;
}

function unique(items: Named[]): Named[] {
  return [...new Map(items.map((item) => [item.slug, item])).values()];
}

function record(value: unknown, what: string): JsonObject {
  if (!isJsonObject(value)) throw new FragmentError(`${what} is not an object`);
  return value;
}

function list(fragment: JsonObject, key: string): readonly JsonValue[] {
  const value = fragment[key] ?? [];
  if (!Array.isArray(value)) throw new FragmentError(`${key} is not a list`);
  return value;
}

function text(fragment: JsonObject, key: string): string {
  const value = fragment[key];
  if (typeof value !== 'string') throw new FragmentError(`${key} is not a string`);
  return value;
}

function optionalText(fragment: JsonObject, key: string): string {
  const value = fragment[key];
  return typeof value === 'string' ? value : '';
}

function number(fragment: JsonObject, key: string): number {
  const value = fragment[key];
  if (typeof value !== 'number') throw new FragmentError(`${key} is not a number`);
  return value;
}
