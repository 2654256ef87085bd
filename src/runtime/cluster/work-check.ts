import { compileSchema } from '../../base/schema.ts';
import { EVENT_SCHEMA, QUESTION_SCHEMA, RESULT_SCHEMA } from './work-schemas.ts';

export const checkResult = compileSchema(RESULT_SCHEMA);
export const checkEvent = compileSchema(EVENT_SCHEMA);
export const checkQuestion = compileSchema(QUESTION_SCHEMA);
