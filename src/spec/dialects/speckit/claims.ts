const OWN = /(?:^|\/)(?:specs\/(?:\d{3,}|\d{8}-\d{6})[^/]*|\.specify)\//;
const FOREIGN = /(?:^|\/)(?:openspec|\.kiro|kitty-specs)\//;

export const claims = (path: string): boolean => OWN.test(path) && !FOREIGN.test(path);
