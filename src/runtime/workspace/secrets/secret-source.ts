/** Where a secret comes from, as `.agentnexus.yaml` says it (docs/secrets.md). */
export type SecretSource =
  | { from: 'env'; variable: string }
  | { from: 'file'; path: string }
  | { from: 'vault'; read: VaultRead };

/** A field of a secret in HashiCorp Vault. */
export interface VaultRead {
  /** Path of the API below `/v1/`, or with `mount` the path in that KV v2 engine. */
  path: string;
  mount?: string;
  field: string;
  /** Of KV v2; the newest by default. */
  version?: number;
}

export interface VaultSettings {
  /** `https://vault.example:8200`. */
  address: string;
  namespace?: string;
  auth: VaultAuth;
}

/** How we say who we are. Tokens are read again at each login: whoever gives them out renews them. */
export type VaultAuth =
  | { method: 'token'; token: { variable: string } | { file: string } }
  | { method: 'jwt'; mount: string; role: string; jwt: { variable: string } | { file: string } }
  | { method: 'kubernetes'; mount: string; role: string; jwt: { file: string } };

export interface SecretSettings {
  secrets: ReadonlyMap<string, SecretSource>;
  vault?: VaultSettings;
}
