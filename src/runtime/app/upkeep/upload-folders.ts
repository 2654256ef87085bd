import { join } from 'node:path';

/** Where specifications lie that were sent to a workspace: whole ones, and manifests with their contents. Each file is named by its digest, in hex. */
export interface UploadFolders {
  specifications: string;
  manifests: string;
  contents: string;
}

export function uploadFolders(workspace: string): UploadFolders {
  const specifications = join(workspace, 'specifications');
  return { specifications, manifests: join(specifications, 'manifests'), contents: join(specifications, 'contents') };
}
