import type { Workspace } from '../workspace.ts';

/** Dedup keys of the entries by which a token was made, and by which it ended before its time. */
export const mintedKey = (token: string): string => `token:${token}`;
export const revokedKey = (token: string): string => `token-revoked:${token}`;

/** `typ` of tokens that are lent to somebody, and of logins. */
export const TOKEN_TYPE = 'at+jwt';
export const SESSION_TYPE = 'session+jwt';

/** Who signs the tokens of a workspace, and whom they are for. */
export const tokenIssuer = ({ id }: Pick<Workspace, 'id'>): string => `urn:agentnexus:${id}`;
