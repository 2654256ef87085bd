import { answerAside } from '../../workspace/aside.ts';
import { survey } from './prune-survey.ts';

// A process that looks what may be taken out of a workspace.
await answerAside(survey);
