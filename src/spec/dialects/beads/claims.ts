export const BEADS_FOLDER = /(?:^|\/)\.beads\//;
export const LINES = /\.jsonl$/i;

export const claims = (path: string): boolean => BEADS_FOLDER.test(path) && LINES.test(path);
