// Generated from schemas/mission-prompt.schema.json by `npm run generate`; do not edit.

export type MissionPrompt = {
  id: string;
  objective: string;
  priority: "P0" | "P1" | "P2";
  originatingSpec: string;
  createdAt: string;
};
