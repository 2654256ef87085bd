/** What can be asked of a mission from the monitor: names of operations. */
export type SteerWord = 'approve' | 'reject' | 'pause' | 'resume' | 'retry' | 'cancel';
