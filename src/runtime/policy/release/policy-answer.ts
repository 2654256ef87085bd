import { canonicalJson, isJsonObject, type JsonObject, type JsonValue } from '../../../base/json.ts';
import { compareText } from '../../../base/text.ts';

/** One thing that a policy says: text, and for whoever shows it what rule says it and about what. */
export interface PolicyFinding {
  level: 'deny' | 'warn';
  message: string;
  /** `id` of the finding. */
  rule?: string;
  /** A file of the product. */
  path?: string;
}

/** What a policy answers; `pass` exactly if nothing speaks against it. */
export interface PolicyVerdict {
  result: 'pass' | 'fail';
  /** Denials first, each in the order of its text, none twice. */
  findings: PolicyFinding[];
}

/** What is asked of a policy of ours, in the words of Rego. What is undefined is left out of the answer. */
export const RELEASE_QUERY = '{name: value | some name in ["allow", "deny", "warn"]; value := data.agentnexus.release[name]}';
export const RELEASE_ENTRYPOINT = 'agentnexus/release';
/** Policies as Conftest has them: https://www.conftest.dev */
export const CONFTEST_QUERY = 'data.main';
export const CONFTEST_ENTRYPOINT = 'main';

/**
 * The meaning of what package `agentnexus.release` says: `allow` must be true and `deny` have nothing in it. Whatever else it is, undefined above all,
 * is a denial.
 */
export function releaseVerdict(document: JsonValue): PolicyVerdict {
  const { allow, deny = [], warn = [] } = isJsonObject(document) ? document : {};
  const denied = findingsOf('deny', deny);
  const refused: PolicyFinding[] = allow === true || denied.length > 0 ? [] : [{ level: 'deny', message: notAllowed(allow) }];
  return verdict([...denied, ...refused, ...findingsOf('warn', warn)]);
}

function notAllowed(allow: JsonValue | undefined): string {
  return allow === undefined || allow === false
    ? `data.agentnexus.release.allow is ${allow === undefined ? 'undefined' : 'false'}`
    : 'data.agentnexus.release.allow is neither true nor false';
}

/** The meaning of package `main`: nothing in any `deny` or `violation`, of which there must be one at least. */
export function conftestVerdict(document: JsonValue): PolicyVerdict {
  const rules = Object.entries(isJsonObject(document) ? document : {});
  const denying = rules.filter(([name]) => /^(deny|violation)(_|$)/.test(name));
  const warning = rules.filter(([name]) => /^warn(_|$)/.test(name));
  const findings = denying.flatMap(([, value]) => findingsOf('deny', value ?? null));
  if (denying.length === 0) findings.push({ level: 'deny', message: 'data.main has no deny and no violation' });
  return verdict([...findings, ...warning.flatMap(([, value]) => findingsOf('warn', value ?? null))]);
}

/** The verdict where there is no answer. */
export function noAnswer(why: string): PolicyVerdict {
  return { result: 'fail', findings: [{ level: 'deny', message: why }] };
}

function verdict(findings: readonly PolicyFinding[]): PolicyVerdict {
  const byText = new Map(findings.map((each) => [canonicalJson({ ...each }), each]));
  const sorted = [...byText].toSorted(([a], [b]) => compareText(a, b)).map(([, each]) => each);
  const denials = sorted.filter(({ level }) => level === 'deny');
  const warnings = sorted.filter(({ level }) => level === 'warn');
  return { result: denials.length === 0 ? 'pass' : 'fail', findings: [...denials, ...warnings] };
}

/** Of a set of texts, or of objects with `msg`. Anything else denies: nobody knows what it was to mean. */
function findingsOf(level: PolicyFinding['level'], value: JsonValue): PolicyFinding[] {
  if (!Array.isArray(value)) return [{ level: 'deny', message: `data.agentnexus.release.${level} is no set` }];
  return value.map((item: JsonValue) => findingOf(level, item));
}

function findingOf(level: PolicyFinding['level'], item: JsonValue): PolicyFinding {
  if (typeof item === 'string') return { level, message: item };
  const { msg, id, path } = isJsonObject(item) ? item : ({} satisfies JsonObject);
  return {
    level,
    message: typeof msg === 'string' ? msg : canonicalJson(item),
    ...(typeof id === 'string' && { rule: id }),
    ...(typeof path === 'string' && { path }),
  };
}
