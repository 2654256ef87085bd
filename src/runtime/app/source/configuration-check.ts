import schema from '../../../../schemas/files/agentnexus.schema.json' with { type: 'json' };
import { compileSchema } from '../../../base/schema.ts';

export const checkConfiguration = compileSchema(schema);
