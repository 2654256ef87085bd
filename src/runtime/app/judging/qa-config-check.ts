import { compileSchema } from '../../../base/schema.ts';
import { QA_CONFIG_SCHEMA } from './qa-config-schema.ts';

export const checkQaConfig = compileSchema(QA_CONFIG_SCHEMA);
