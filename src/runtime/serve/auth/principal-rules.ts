import type { PrincipalRule } from '../../../base/generated/server.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/json.ts';
import { wordGlob } from '../../policy/word-glob.ts';
import type { Principal } from '../principal.ts';

/** Longest name that the log has to bear. */
const NAME = 200;

/**
 * Who the claims stand for: the first rule that fits. Every claim that a rule names must be there and have a value that is named; of a list of claimed values
 * one is enough. Undefined if no rule fits.
 */
export function principalFor(claims: JsonObject, rules: readonly PrincipalRule[], standard: string): Principal | undefined {
  const rule = rules.find((each) => Object.entries(each.claims).every(([name, wanted]) => fits(claimed(claims, name), wanted)));
  if (rule === undefined) return undefined;
  return {
    name: nameOf(rule.name ?? standard, claims),
    scopes: new Set(rule.scopes),
    ...(rule.missions === 'own' ? { missions: rule.missions } : {}),
  };
}

function fits(value: JsonValue | undefined, wanted: string | string[]): boolean {
  const said = [value].flat().flatMap((each) => (isWord(each) ? [String(each)] : []));
  return [wanted].flat().some((pattern) => said.some(wordGlob(pattern)));
}

const isWord = (value: unknown): value is string | number | boolean => ['string', 'number', 'boolean'].includes(typeof value);

/** A claim by its name, or by a JSON pointer (RFC 6901): `/kubernetes.io/namespace`. */
function claimed(claims: JsonObject, name: string): JsonValue | undefined {
  const steps = name.startsWith('/')
    ? name
        .slice(1)
        .split('/')
        .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    : [name];
  let value: JsonValue | undefined = claims;
  for (const step of steps) value = isJsonObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  return value;
}

/** What others claim stands in the log and on screens: one line of it, and no more than it may. */
function nameOf(template: string, claims: JsonObject): string {
  const filled = template.replaceAll(/\{([^{}]+)\}/g, (_, name: string) => {
    const [value] = [claimed(claims, name)].flat();
    return isWord(value) ? String(value) : '';
  });
  return filled
    .replaceAll(/[\p{C}\p{Z}]+/gu, ' ')
    .trim()
    .slice(0, NAME);
}
