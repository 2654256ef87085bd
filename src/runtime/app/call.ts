import type { CallContext, Handler, OperationName, Operations } from './operations.ts';

/**
 * The one table of operations: every face calls these and nothing else. Each handler is imported when it is first called, so that a light
 * command loads only what it uses.
 */
const TABLE: { [N in OperationName]: () => Promise<Handler<N>> } = {
  init: async () => (await import('./upkeep/init.ts')).init,
  validate: async () => (await import('./source/validate.ts')).validate,
  plan: async () => (await import('./apply/plan.ts')).plan,
  apply: async () => (await import('./apply/apply.ts')).apply,
  resume: async () => (await import('./host/steer.ts')).resume,
  pause: async () => (await import('./host/steer.ts')).pause,
  cancel: async () => (await import('./host/steer.ts')).cancel,
  retry: async () => (await import('./host/steer.ts')).retry,
  approve: async () => (await import('./host/steer.ts')).approve,
  reject: async () => (await import('./host/steer.ts')).reject,
  prioritise: async () => (await import('./host/steer.ts')).prioritise,
  'approvals.list': async () => (await import('./inspect/approvals.ts')).listApprovals,
  merge: async () => (await import('./source/merge.ts')).merge,
  missions: async () => (await import('./inspect/missions.ts')).missions,
  status: async () => (await import('./inspect/missions.ts')).status,
  graph: async () => (await import('./inspect/graph.ts')).graph,
  logs: async () => (await import('./inspect/logs.ts')).logs,
  explain: async () => (await import('./inspect/explain.ts')).explain,
  report: async () => (await import('./evidence/report.ts')).report,
  'evidence.list': async () => (await import('./evidence/evidence.ts')).listEvidence,
  'evidence.show': async () => (await import('./evidence/evidence.ts')).showEvidence,
  'evidence.export': async () => (await import('./evidence/export.ts')).exportEvidence,
  'evidence.query': async () => (await import('./evidence/query-evidence.ts')).queryEvidence,
  'evidence.sbom': async () => (await import('./evidence/sbom.ts')).sbom,
  'policy.eval': async () => (await import('./policies/policy.ts')).evalPolicy,
  'policy.test': async () => (await import('./policies/policy.ts')).testPolicy,
  verify: async () => (await import('./evidence/verify.ts')).verify,
  promote: async () => (await import('./evidence/promote.ts')).promote,
  'ledger.checkpoint': async () => (await import('./ledger/ledger.ts')).checkpoint,
  'ledger.prove': async () => (await import('./ledger/ledger.ts')).prove,
  'ledger.record': async () => (await import('./ledger/ledger-record.ts')).record,
  'ledger.trusted-root': async () => (await import('./ledger/ledger-record.ts')).trustedRoot,
  'ledger.publish': async () => (await import('./ledger/publish-ledger.ts')).publishLedger,
  'ledger.witness': async () => (await import('./ledger/publish-ledger.ts')).witnessLedger,
  'ledger.fsck': async () => (await import('./ledger/ledger.ts')).fsck,
  'qa.run': async () => (await import('./judging/qa-run.ts')).qaRun,
  'qa.replay': async () => (await import('./judging/qa-replay.ts')).qaReplay,
  'cache.prune': async () => (await import('./upkeep/cache-prune.ts')).pruneCache,
  'remote.add': async () => (await import('./remote/remotes.ts')).addRemote,
  'remote.login': async () => (await import('./remote/remote-login.ts')).loginRemote,
  'remote.list': async () => (await import('./remote/remotes.ts')).listRemotes,
  'remote.remove': async () => (await import('./remote/remotes.ts')).removeRemote,
  'agents.list': async () => (await import('./agents/list-agents.ts')).listAgents,
  'agents.check': async () => (await import('./agents/list-agents.ts')).checkAgents,
  'memory.search': async () => (await import('./memory/memory.ts')).searchMemory,
  'memory.list': async () => (await import('./memory/memory.ts')).listMemory,
  'memory.add': async () => (await import('./memory/memory.ts')).addMemory,
  'memory.rebuild': async () => (await import('./memory/memory.ts')).rebuildMemory,
  'secrets.list': async () => (await import('./access/secrets.ts')).listSecrets,
  'secrets.allow': async () => (await import('./access/secrets.ts')).allowSecrets,
  probe: async () => (await import('./upkeep/probe.ts')).probe,
  'tokens.create': async () => (await import('./access/tokens.ts')).createToken,
  'tokens.revoke': async () => (await import('./access/tokens.ts')).revokeToken,
  doctor: async () => (await import('./upkeep/doctor.ts')).doctor,
};

/** Calls an operation by name. Rejects with `NexusError`; anything else is a defect. */
export async function call<N extends OperationName>(
  name: N,
  input: Operations[N]['input'],
  context: CallContext,
): Promise<Operations[N]['output']> {
  const handler = await TABLE[name]();
  return handler(input, context);
}
