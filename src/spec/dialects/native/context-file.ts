/** Files about a project that live beside specifications and are none: their bullets must not become demands. */
const CONTEXT =
  /^(?:readme|changelog|contributing|license|licence|security|code_of_conduct|agents|claude|gemini|history|authors)(?:\.[^/]*)?$/i;

export function isContextFile(path: string): boolean {
  return CONTEXT.test(path.slice(path.lastIndexOf('/') + 1));
}
