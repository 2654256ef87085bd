/** Where specifications lie. */
export const KIRO_SPECS = /(?:^|\/)\.kiro\/specs\//i;

export const claims = (path: string): boolean => KIRO_SPECS.test(path);
