import { editTool } from './edit.ts';
import { readTool } from './read.ts';
import { runTool } from './run.ts';
import type { Tool, ToolName } from './tool.ts';
import { writeTool } from './write.ts';

export const TOOL_NAMES = ['read', 'write', 'edit', 'run'] as const satisfies ToolName[];

const TOOLS: Record<ToolName, Tool> = { read: readTool, write: writeTool, edit: editTool, run: runTool };

/** The tools of these names, in one order whatever was asked for: requests are the same bytes each time. */
export function toolbox(names: readonly ToolName[]): readonly Tool[] {
  return TOOL_NAMES.filter((name) => names.includes(name)).map((name) => TOOLS[name]);
}
