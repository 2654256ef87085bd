/** How every page begins: by this a page of ours is known. */
export const PAGE_HEAD = '<!doctype html>\n<!-- AgentNexus run report -->\n';
