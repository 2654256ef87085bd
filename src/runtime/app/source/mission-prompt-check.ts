import schema from '../../../../schemas/mission-prompt.schema.json' with { type: 'json' };
import { compileSchema } from '../../../base/schema.ts';

export const checkMissionPrompt = compileSchema(schema);
