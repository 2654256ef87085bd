// Generated from schemas/server.schema.json by `npm run generate`; do not edit.

/** `agentnexus.yaml`: what `agentnexus serve --config FILE` goes by. Paths are relative to the folder of the file. */
export type Server = {
  /** Where to listen; flags win. */
  listen?: {
    host?: string;
    port?: number;
    /** Something in front does TLS. */
    behindProxy?: boolean;
    /** Address that people have in their browser, where it is another than the one that is listened at. */
    publicUrl?: string;
  };
  /** Certificate of the server, and those of clients. */
  tls?: {
    /** Certificate chain, PEM. */
    cert: string;
    /** Private key, PEM. */
    key: string;
    /** Mutual TLS. */
    clients?: {
      /** Certificates that those of clients must come from, PEM. */
      ca: string;
      /** Nobody is spoken to without a certificate. */
      required?: boolean;
      /** Who a certificate stands for; the first rule that fits counts. Claims: `uri`, `dns`, `email` (subject alternative names), `CN`, `O`, `OU`. */
      principals?: PrincipalRule[];
    };
  };
  /** Who else may vouch for somebody: issuers of JWTs. */
  issuers?: Issuer[];
  /** Login of people, by authorization code and PKCE, at one of the issuers. */
  login?: {
    /** One of `issuers`. */
    issuer: string;
    clientId: string;
    /** Client by which `spec-kit remote login` does it, without a secret; default `clientId`. */
    cliClientId?: string;
    /** File with the secret, where the client has one. */
    clientSecretFile?: string;
    /** Scopes that are asked for; default `openid profile`. */
    scopes?: string[];
    /** How long a login lasts; default 8. */
    hours?: number;
  };
  /** How long specifications are kept that were sent and that no mission needs. */
  uploads?: {
    /** Since they were sent or used last; default `30d`. */
    unused?: string;
    /** What all of them may have; beyond that the oldest go, but for those of the last hour; default `2GiB`. */
    room?: string;
  };
  /** Tasks that are done by `agentnexus worker`, and not by the server. */
  workers?: {
    /** Which tasks go to which pool; the first that fits counts. Checks and gates stay with the server. */
    pools: Record<string, {
      /** Tasks with one of these capability profiles; default any. */
      profiles?: string[];
      /** Tasks that need one of these; default `model`. */
      abilities?: ("model" | "contract-compiler")[];
    }>;
    /** Seconds that a worker may be silent before its task is given to another; default 30. */
    patience?: number;
  };
};

export type Issuer = {
  /** `iss` of its tokens, letter by letter; for JWT-SVIDs the trust domain, `spiffe://example.org`. */
  issuer: string;
  /** `aud` that its tokens must have. */
  audience: string;
  /** How its tokens may be signed; default RS256, ES256, EdDSA and Ed25519. */
  algorithms?: ("RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512" | "EdDSA" | "Ed25519")[];
  /** Its keys: an address, or a file. Without it they are found by discovery. */
  jwks?: {
    url: string;
  } | {
    file: string;
  };
  /** It may lie at a private address, or at this machine without TLS. */
  privateNetwork?: boolean;
  /** Certificates that its own comes from, PEM, where it is not a public one. */
  ca?: string;
  /** File with a bearer token that its keys are asked with. */
  tokenFile?: string;
  /** Seconds that clocks may be apart; default 30. */
  clockSkew?: number;
  /** Seconds after which a token is too old, whatever it says. */
  maxAge?: number;
  /** Who a token stands for; the first rule that fits counts. A token that none fits stands for nobody. */
  principals: PrincipalRule[];
};

export type PrincipalRule = {
  /** What must be claimed: names, or JSON pointers (`/kubernetes.io/namespace`), and values in which `*` stands for anything. */
  claims: Record<string, string | string[]>;
  /** What the log calls them; `{sub}` stands for a claim. Default: the issuer, and its `sub`. */
  name?: string;
  /** What they may. */
  scopes: ("specifications:read" | "specifications:write" | "missions:read" | "missions:write" | "missions:decide" | "evidence:read" | "ledger:read" | "ledger:write" | "releases:write" | "tasks:perform" | "tokens:write" | "workspace:admin")[];
  /** `own`: only missions that they have begun themselves; default `all`. */
  missions?: "all" | "own";
};
