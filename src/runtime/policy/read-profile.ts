import { NexusError } from '../../base/errors.ts';
import type { CapabilityProfile as ProfileText } from '../../base/generated/capability-profile.ts';
import { counted } from '../../base/text.ts';
import { parseYaml } from '../../spec/documents/parse-yaml.ts';
import { type CapabilityProfile, commandRule, setOf } from './capability-profile.ts';
import { readHostRule } from './host-rule.ts';
import { checkProfile } from './profile-check.ts';

/** Much more than anybody writes. */
const MAX_BYTES = 65_536;

/** Reads a profile's text. Throws `PROFILE_INVALID` with what is wrong, and where; `file` is named there. */
export function readProfile(text: string, file: string): CapabilityProfile {
  if (text.length > MAX_BYTES) throw invalid(file, `it has more than ${counted(MAX_BYTES, 'character')}.`);
  const parsed = parseYaml(text);
  if ('fault' in parsed) throw invalid(file, `it is no YAML: ${parsed.fault}.`, { line: parsed.line, column: parsed.column });
  const checked = checkProfile(parsed.value);
  if (!checked.valid) {
    const faults = checked.errors.map(({ path, message }) => `${path === '' ? 'the profile' : path.slice(1)} ${message}`);
    throw invalid(file, `${faults[0]}${faults.length > 1 ? ` (and ${counted(faults.length - 1, 'more fault')})` : ''}.`, {
      faults,
    });
  }
  return profileOf(parsed.value as unknown as ProfileText, file);
}

function profileOf(text: ProfileText, file: string): CapabilityProfile {
  const host = text.hosts?.find((rule) => readHostRule(rule) === undefined);
  if (host !== undefined) throw invalid(file, `\`${host}\` is no host: write host, host:port, *.host or *.host:port.`);
  return {
    name: text.name,
    read: setOf(text.read),
    write: setOf(text.write),
    run: setOf(text.run).flatMap(commandRule),
    hosts: setOf(text.hosts),
    env: setOf(text.env),
    secrets: setOf(text.secrets),
    memory: { read: setOf(text.memory?.read), write: setOf(text.memory?.write) },
    energy: text.energy,
    ask: setOf(text.ask),
  };
}

function invalid(file: string, message: string, details: Record<string, unknown> = {}): NexusError {
  return new NexusError('PROFILE_INVALID', `${file} is no capability profile: ${message}`, {
    hint: 'docs/capability-profiles.md shows how profiles are written.',
    details: { file, ...details },
  });
}
