import { compileSchema } from '../../../base/schema.ts';
import { EXPERIMENT_SCHEMA } from './experiment-schema.ts';

export const checkExperiment = compileSchema(EXPERIMENT_SCHEMA);
