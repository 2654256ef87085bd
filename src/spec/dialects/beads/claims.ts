export const BEADS_FOLDER = /(?:^|\/)\.beads\//;

export const claims = (path: string): boolean => BEADS_FOLDER.test(path) && /\.jsonl$/i.test(path);
