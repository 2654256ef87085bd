/** Why `fsck` is not content with a subject. */
export type FaultCode =
  | 'ENTRY_CHANGED'
  | 'ENTRY_MISSING'
  | 'TILE_CHANGED'
  | 'TILE_MISSING'
  | 'TILE_UNEXPECTED'
  | 'CHECKPOINT_INVALID'
  | 'CHECKPOINT_MISMATCH'
  | 'CHECKPOINT_MISSING'
  | 'DATABASE_DAMAGED';

/** One thing that is not as it was signed. */
export interface Fault {
  /** `entry 12`, `tile 0/003`, `checkpoint at 40`, `database`. */
  subject: string;
  code: FaultCode;
  message: string;
}
