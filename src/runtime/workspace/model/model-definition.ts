import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { AgentDefinition } from '../host/agent-definition.ts';

/** Where the program of the `model` agent lies, beside this module. */
const ENTRY = fileURLToPath(new URL(`model-entry${extname(import.meta.url)}`, import.meta.url));

/**
 * How the `model` agent is started: like any other agent, with no key of its own. Its model is what the gateway lets it have. Behind a sandbox the way
 * to the gateway is a proxy, which Node asks only if it is told to.
 */
export const MODEL_DEFINITION: AgentDefinition = {
  name: 'model',
  protocol: 'acp',
  command: [process.execPath, ENTRY],
  env: {
    AGENTNEXUS_MODEL: '${model}',
    AGENTNEXUS_MODEL_URL: '${gateway}',
    AGENTNEXUS_MODEL_KEY: '${token}',
    NODE_USE_ENV_PROXY: '1',
  },
  askMode: 'ask',
  dialect: 'openai',
};
