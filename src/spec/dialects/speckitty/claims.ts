export const claims = (path: string): boolean => /(?:^|\/)kitty-specs\//.test(path);
