import schema from '../../../schemas/capability-profile.schema.json' with { type: 'json' };
import { compileSchema } from '../../base/schema.ts';

export const checkProfile = compileSchema(schema);
