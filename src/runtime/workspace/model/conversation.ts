import type { JsonObject } from '../../../base/json.ts';

/** What a model and its tools have said so far, in no server's dialect. */
export type Turn = UserTurn | AssistantTurn | ToolTurn;

export interface UserTurn {
  role: 'user';
  text: string;
}

export interface AssistantTurn {
  role: 'assistant';
  text: string;
  calls: readonly ToolCall[];
  /** The same as the server said it, where it has to be given back word for word (Responses: reasoning goes with what it led to). */
  verbatim?: readonly JsonObject[];
}

export interface ToolTurn {
  role: 'tool';
  call: string;
  text: string;
}

/** A call as the model wrote it; the arguments have not been looked at. */
export interface ToolCall {
  id: string;
  name: string;
  arguments: string;
}

/** A tool as the model is told of it. */
export interface ToolSpec {
  name: string;
  description: string;
  /** JSON Schema of the arguments. */
  parameters: JsonObject;
}
