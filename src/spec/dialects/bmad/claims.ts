/** Whether a file says how a sprint stands. */
export const isSprintStatus = (path: string): boolean => /(?:^|\/)sprint-status\.ya?ml$/i.test(path);

export const claims = (path: string): boolean => isSprintStatus(path) || /(?:^|\/)_?bmad-output\//i.test(path);
