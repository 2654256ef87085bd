import schema from '../../../schemas/mission-policy.schema.json' with { type: 'json' };
import { compileSchema } from '../../base/schema.ts';

export const checkMissionPolicy = compileSchema(schema);
