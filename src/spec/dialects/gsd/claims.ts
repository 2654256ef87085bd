export const claims = (path: string): boolean => /(?:^|\/)\.planning\//.test(path);
