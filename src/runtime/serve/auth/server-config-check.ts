import schema from '../../../../schemas/server.schema.json' with { type: 'json' };
import { compileSchema } from '../../../base/schema.ts';

export const checkServerConfig = compileSchema(schema);
