import { answerAside } from '../workspace/aside.ts';
import { call } from '../app/call.ts';
import type { LongCall } from './long-calls.ts';

// A process that does one operation, by what the workspace's files say.
await answerAside(async ({ operation, input, context }: LongCall) => call(operation, input, context));
