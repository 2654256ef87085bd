// Generated from schemas/agent-lifecycle-event.schema.json by `npm run generate`; do not edit.

export type AgentLifecycleEvent = {
  agentId: string;
  lifecycle: "spawned" | "escalated" | "retired";
  capabilityProfile: string;
  energyBudget: number;
};
