import type { Scope } from '../allowance.ts';

/* What operations answer that are about access to a control plane, and whether it does what it is for. */

/** Control planes that missions can be sent to; their tokens stay where they are. */
export interface RemoteListView {
  kind: 'RemoteList';
  items: { name: string; url: string }[];
}

/** Who one is at a control plane after a login. */
export interface RemoteLoginView {
  kind: 'RemoteLogin';
  name: string;
  url: string;
  /** What its log calls one. */
  as: string;
  /** When the login ends, where it does. */
  expiresAt: string | null;
  /** It is renewed when it ends, with nobody asked. */
  renewed: boolean;
}

/** A token that was made. It is shown this once. */
export interface TokenView {
  kind: 'Token';
  id: string;
  /** What the log calls whoever shows it. */
  name: string;
  token: string;
  scopes: Scope[];
  /** The only missions that it is good for; any where it is not given. */
  missions?: string[];
  expiresAt: string;
}

export interface TokenRevokedView {
  kind: 'TokenRevoked';
  id: string;
}

/** What became of a synthetic mission. */
export interface ProbeView {
  kind: 'Probe';
  result: 'passed' | 'failed';
  /** Null if none was begun. */
  mission: string | null;
  milliseconds: number;
  /** Why it failed. */
  failures: string[];
}
