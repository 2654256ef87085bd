import { answerAside } from '../../../base/aside.ts';
import { survey } from './prune-survey.ts';

// A thread that looks what may be taken out of a workspace.
await answerAside(survey);
