/** A file that is derived from sources; `content: null` means that it must not exist. */
export interface GeneratedFile {
  path: string;
  content: string | null;
}
