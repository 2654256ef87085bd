/** How every trace begins: by this a trace of ours is known. */
export const TRACE_HEAD = '{"displayTimeUnit":"ms","otherData":{"generator":"agentnexus';
