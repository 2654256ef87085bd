export const OWN_FOLDER = /(?:^|\/)\.taskmaster\//;
/** Where the tool keeps its tasks, now and before it had a folder of its own. */
export const TASK_FILE = /(?:^|\/)\.taskmaster\/tasks\/[^/]+\.json$|(?:^|\/)tasks\/tasks\.json$|^tasks\.json$/;

export const claims = (path: string): boolean => /\.json$/i.test(path) && (OWN_FOLDER.test(path) || TASK_FILE.test(path));
