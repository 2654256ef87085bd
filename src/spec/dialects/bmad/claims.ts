/** How much of a text says what it is, and what it is called. */
export const HEAD = 2000;

/** Whether a file says how a sprint stands. */
export const isSprintStatus = (path: string): boolean => /(?:^|\/)sprint-status\.ya?ml$/i.test(path);

export const claims = (path: string): boolean => isSprintStatus(path) || /(?:^|\/)_?bmad-output\//i.test(path);
