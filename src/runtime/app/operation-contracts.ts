import type { JsonObject } from '../../base/json.ts';
import { NexusError } from '../../base/errors.ts';
import { counted } from '../../base/text.ts';
import document from '../../../schemas/operation-inputs.schema.json' with { type: 'json' };
import type { Scope } from './allowance.ts';
import type { OperationName, Operations } from './operations.ts';

export { SCOPES, type Scope } from './allowance.ts';

export interface OperationContract {
  scope: Scope;
  /** Its definition in `schemas/operation-inputs.schema.json`. */
  input: keyof (typeof document)['$defs'];
  /** `schemas/cli/NAME.schema.json`. */
  output: string;
  /** Why only somebody at this machine can ask for it, where that is so. */
  local?: string;
}

/** What each operation takes, gives and needs, for every face. */
export const CONTRACTS: { readonly [N in OperationName]: OperationContract } = {
  init: { scope: 'workspace:admin', input: 'init', output: 'init', local: 'it writes where the user stands' },
  validate: { scope: 'specifications:read', input: 'validate', output: 'validation' },
  plan: { scope: 'specifications:read', input: 'plan', output: 'plan' },
  apply: { scope: 'missions:write', input: 'apply', output: 'mission' },
  resume: { scope: 'missions:write', input: 'resume', output: 'mission' },
  pause: { scope: 'missions:write', input: 'pause', output: 'mission' },
  cancel: { scope: 'missions:write', input: 'cancel', output: 'mission' },
  retry: { scope: 'missions:write', input: 'retry', output: 'mission' },
  approve: { scope: 'missions:decide', input: 'approve', output: 'mission' },
  reject: { scope: 'missions:decide', input: 'reject', output: 'mission' },
  prioritise: { scope: 'missions:write', input: 'prioritise', output: 'mission' },
  'approvals.list': { scope: 'missions:read', input: 'approvals-list', output: 'approval-list' },
  merge: {
    scope: 'workspace:admin',
    input: 'merge',
    output: 'merge',
    local: 'it writes to the specification, which lies with the user',
  },
  missions: { scope: 'missions:read', input: 'missions', output: 'mission-list' },
  status: { scope: 'missions:read', input: 'status', output: 'status' },
  graph: { scope: 'missions:read', input: 'graph', output: 'graph' },
  logs: { scope: 'missions:read', input: 'logs', output: 'logs' },
  explain: { scope: 'missions:read', input: 'explain', output: 'explanation' },
  report: { scope: 'missions:read', input: 'report', output: 'report' },
  'evidence.list': { scope: 'evidence:read', input: 'evidence-list', output: 'evidence-list' },
  'evidence.show': { scope: 'evidence:read', input: 'evidence-show', output: 'evidence' },
  'evidence.export': {
    scope: 'evidence:read',
    input: 'evidence-export',
    output: 'export',
    local: 'it writes where the user stands',
  },
  'policy.eval': {
    scope: 'evidence:read',
    input: 'policy-eval',
    output: 'policy-evaluation',
    local: 'it reads a policy of the user, or asks a server of theirs',
  },
  'policy.test': {
    scope: 'workspace:admin',
    input: 'policy-test',
    output: 'policy-test',
    local: 'it reads a policy of the user',
  },
  verify: { scope: 'evidence:read', input: 'verify', output: 'verification' },
  'ledger.checkpoint': { scope: 'ledger:read', input: 'ledger-checkpoint', output: 'checkpoint' },
  'ledger.prove': { scope: 'ledger:read', input: 'ledger-prove', output: 'proof' },
  'ledger.fsck': { scope: 'ledger:read', input: 'ledger-fsck', output: 'fsck' },
  'ledger.record': { scope: 'ledger:write', input: 'ledger-record', output: 'record' },
  'ledger.trusted-root': { scope: 'ledger:read', input: 'ledger-trusted-root', output: 'trusted-root' },
  'ledger.publish': {
    scope: 'releases:write',
    input: 'ledger-publish',
    output: 'publication',
    local: 'it reads keys and writes where the user says',
  },
  'ledger.witness': {
    scope: 'releases:write',
    input: 'ledger-witness',
    output: 'cosignature',
    local: 'it reads a key of the user',
  },
  'evidence.query': { scope: 'evidence:read', input: 'evidence-query', output: 'query' },
  'evidence.sbom': { scope: 'evidence:read', input: 'evidence-sbom', output: 'sbom' },
  'qa.run': { scope: 'workspace:admin', input: 'qa-run', output: 'qa-run', local: 'it runs the tests of a folder of the user' },
  'qa.replay': {
    scope: 'workspace:admin',
    input: 'qa-replay',
    output: 'qa-run',
    local: 'it runs the tests of a folder of the user',
  },
  promote: { scope: 'releases:write', input: 'promote', output: 'promotion' },
  'cache.prune': { scope: 'workspace:admin', input: 'cache-prune', output: 'prune' },
  'agents.list': { scope: 'workspace:admin', input: 'agents-list', output: 'agents' },
  'agents.check': { scope: 'workspace:admin', input: 'agents-check', output: 'agents' },
  'remote.add': {
    scope: 'workspace:admin',
    input: 'remote-add',
    output: 'remote-list',
    local: 'it is the configuration of the user',
  },
  'remote.login': {
    scope: 'workspace:admin',
    input: 'remote-login',
    output: 'remote-login',
    local: 'it is the configuration of the user',
  },
  'remote.list': {
    scope: 'workspace:admin',
    input: 'remote-list',
    output: 'remote-list',
    local: 'it is the configuration of the user',
  },
  'remote.remove': {
    scope: 'workspace:admin',
    input: 'remote-remove',
    output: 'remote-list',
    local: 'it is the configuration of the user',
  },
  'memory.search': {
    scope: 'workspace:admin',
    input: 'memory-search',
    output: 'memory-list',
    local: 'it is for those who work at this machine',
  },
  'memory.list': {
    scope: 'workspace:admin',
    input: 'memory-list',
    output: 'memory-list',
    local: 'it is for those who work at this machine',
  },
  'memory.add': {
    scope: 'workspace:admin',
    input: 'memory-add',
    output: 'memory-added',
    local: 'it is for those who work at this machine',
  },
  'memory.rebuild': {
    scope: 'workspace:admin',
    input: 'memory-rebuild',
    output: 'memory-rebuild',
    local: 'it is for those who work at this machine',
  },
  'secrets.list': {
    scope: 'workspace:admin',
    input: 'secrets-list',
    output: 'secret-list',
    local: 'it is for those who work at this machine',
  },
  'secrets.allow': {
    scope: 'workspace:admin',
    input: 'secrets-allow',
    output: 'secret-list',
    local: 'it is for those who work at this machine',
  },
  probe: { scope: 'missions:write', input: 'probe', output: 'probe' },
  'tokens.create': { scope: 'tokens:write', input: 'tokens-create', output: 'token' },
  'tokens.revoke': { scope: 'tokens:write', input: 'tokens-revoke', output: 'token-revoked' },
  doctor: { scope: 'workspace:admin', input: 'doctor', output: 'doctor' },
};

/** The schema of an operation's input, for faces that show it. */
export function inputSchema(name: OperationName): JsonObject {
  return JSON.parse(JSON.stringify(document.$defs[CONTRACTS[name].input]));
}

/** Holds what came from outside against the operation's schema. Throws `USAGE` with every fault. */
export async function checkInput<N extends OperationName>(name: N, value: unknown): Promise<Operations[N]['input']> {
  const { checkInputs } = await import('./operation-inputs-check.ts');
  const checked = checkInputs[CONTRACTS[name].input](value);
  if (checked.valid) return value as Operations[N]['input'];
  throw new NexusError('USAGE', `What \`${name}\` is asked has ${counted(checked.errors.length, 'fault')}.`, {
    hint: 'schemas/operation-inputs.schema.json says what each operation takes.',
    details: { faults: checked.errors },
  });
}
