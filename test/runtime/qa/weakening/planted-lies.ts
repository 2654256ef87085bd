import { CODE_LIES } from './code-lies.ts';
import { LANGUAGES_LIES } from './languages-lies.ts';
import { SETTINGS_LIES } from './settings-lies.ts';
import { TESTS_LIES } from './tests-lies.ts';

/** All of them, in five languages. */
export const PLANTED_LIES = [...TESTS_LIES, ...CODE_LIES, ...SETTINGS_LIES, ...LANGUAGES_LIES];
