import document from '../../../schemas/operation-inputs.schema.json' with { type: 'json' };
import { compileSchema } from '../../base/schema.ts';
import type { CheckBySchema } from '../../base/check-by.ts';

const checks = Object.entries(document.$defs).map(([name, schema]) => [name, compileSchema(schema)]);

/** By the names of the definitions. */
export const checkInputs = Object.fromEntries(checks) as Readonly<Record<keyof (typeof document)['$defs'], CheckBySchema>>;
