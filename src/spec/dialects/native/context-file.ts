/** Files about a project that live beside specifications and are none: their bullets must not become demands. */
const CONTEXT =
  /^(?:readme|changelog|contributing|license|licence|security|code_of_conduct|agents|claude|gemini|copilot-instructions|history|authors)(?:\.[^/]*)?$/i;
/** Folders in which tools keep what they tell agents, and templates; where they keep specifications lies beside. */
const FOLDERS =
  /(?:^|\/)(?:\.(?:github|claude|cursor|gemini|windsurf|agents?|vscode)|\.kiro\/(?:steering|settings|hooks)|\.specify\/(?:memory|templates|scripts)|\.taskmaster\/(?:docs|templates|reports)|\.backlog\/(?:docs|decisions))\//i;

export function isContextFile(path: string): boolean {
  return CONTEXT.test(path.slice(path.lastIndexOf('/') + 1)) || FOLDERS.test(path);
}
