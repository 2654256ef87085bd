/** Longest path that a product or an export may hold, in UTF-8 bytes: PATH_MAX leaves room for the folder it is put into. */
const MAX_PATH_BYTES = 2048;
/** NAME_MAX of every common file system. */
const MAX_SEGMENT_BYTES = 255;

/**
 * Whether a path can be written below any folder and stay there: relative, `/` between non-empty segments, none of them `.` or
 * `..`, no backslash, colon (drive letters, streams of NTFS) or control character (`sha256sum` would have to escape it).
 */
export function isSafePath(path: string): boolean {
  if (path === '' || !path.isWellFormed() || Buffer.byteLength(path) > MAX_PATH_BYTES) return false;
  return path.split('/').every(isSafeSegment);
}

function isSafeSegment(segment: string): boolean {
  if (segment === '' || segment === '.' || segment === '..') return false;
  return Buffer.byteLength(segment) <= MAX_SEGMENT_BYTES && !/[\\:\p{Cc}]/u.test(segment);
}
