import schema from '../../../../schemas/files/script.schema.json' with { type: 'json' };
import { compileSchema } from '../../../base/schema.ts';

export const checkScript = compileSchema(schema);
