import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** What the environment says. The one place that reads it. */
export interface Config {
  /** `AGENTNEXUS_HOME`: the workspace folder, if set. */
  workspace: string | undefined;
  /** Folder of the private keys: `AGENTNEXUS_KEYS`, else `agentnexus/keys` in the user's configuration folder. */
  keys: string;
  /** File with the control planes that missions can be sent to: `agentnexus/remotes.json` in the user's configuration folder. */
  remotes: string;
  /** `AGENTNEXUS_KEY_PASSPHRASE`: encrypts new private keys, and opens those that are encrypted. */
  keyPassphrase: string | undefined;
  /** `PATH`: where programs of the user are looked for. */
  path: string;
  /** The user's home. */
  home: string;
  /** What git needs to reach a repository as the user would: keys, proxies, certificates. */
  git: Record<string, string>;
  /** `GITHUB_TOKEN` or `GH_TOKEN`, and `GITHUB_API_URL`. */
  github: { token: string | undefined; api: string };
  /** `AWS_ENDPOINT_URL_S3` or `AWS_ENDPOINT_URL`: a service that is compatible with S3. */
  s3Endpoint: string | undefined;
  /** `AGENTNEXUS_SIGNING_CONFIG` and `AGENTNEXUS_TRUSTED_ROOT`: files of the Sigstore instance to sign with. */
  sigstore: { signingConfig: string | undefined; trustedRoot: string | undefined };
  /** `CI`: nobody sits before it. */
  unattended: boolean;
  /** `KUBECONFIG` (the first file of it), else `.kube/config` in the home. */
  kubeconfig: string;
  /** All of it: for secrets and profiles, which name what they hand on. */
  environment: Readonly<Record<string, string | undefined>>;
  /** `AGENTNEXUS_EMBEDDINGS_URL`, `_MODEL` and `_KEY`: a server that makes vectors of texts, if there is one. */
  embeddings: { baseUrl: string; model: string; key?: string } | undefined;
}

const GIT_VARIABLES = (
  'PATH HOME XDG_CONFIG_HOME TMPDIR SSH_AUTH_SOCK SSL_CERT_FILE SSL_CERT_DIR ' +
  'USERPROFILE HOMEDRIVE HOMEPATH APPDATA LOCALAPPDATA PROGRAMDATA SYSTEMROOT TEMP TMP ' +
  'GIT_SSH GIT_SSH_COMMAND GIT_ASKPASS GIT_SSL_CAINFO GIT_CONFIG_GLOBAL GIT_CONFIG_NOSYSTEM ' +
  'HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY http_proxy https_proxy all_proxy no_proxy'
).split(' ');

export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  return {
    workspace: env['AGENTNEXUS_HOME'] || undefined,
    keys: env['AGENTNEXUS_KEYS'] || join(configFolder(env), 'agentnexus', 'keys'),
    remotes: join(configFolder(env), 'agentnexus', 'remotes.json'),
    keyPassphrase: env['AGENTNEXUS_KEY_PASSPHRASE'] || undefined,
    path: env['PATH'] ?? '',
    home: env['HOME'] || homedir(),
    github: {
      token: env['GITHUB_TOKEN'] || env['GH_TOKEN'] || undefined,
      api: env['GITHUB_API_URL'] || 'https://api.github.com',
    },
    s3Endpoint: env['AWS_ENDPOINT_URL_S3'] || env['AWS_ENDPOINT_URL'] || undefined,
    sigstore: {
      signingConfig: env['AGENTNEXUS_SIGNING_CONFIG'] || undefined,
      trustedRoot: env['AGENTNEXUS_TRUSTED_ROOT'] || undefined,
    },
    unattended: !['', '0', 'false'].includes((env['CI'] ?? '').toLowerCase()),
    kubeconfig:
      env['KUBECONFIG']?.split(delimiter).find((path) => path !== '') ?? join(env['HOME'] || homedir(), '.kube', 'config'),
    environment: env,
    embeddings: embeddingsIn(env),
    git: Object.fromEntries(GIT_VARIABLES.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]))),
  };
}

function embeddingsIn(env: NodeJS.ProcessEnv): Config['embeddings'] {
  const [baseUrl, model, key] = ['URL', 'MODEL', 'KEY'].map((name) => env[`AGENTNEXUS_EMBEDDINGS_${name}`]);
  return baseUrl ? { baseUrl, model: model ?? 'default', ...(key ? { key } : {}) } : undefined;
}

/** XDG Base Directory Specification; `%APPDATA%` on Windows. */
function configFolder(env: NodeJS.ProcessEnv): string {
  if (process.platform === 'win32' && env['APPDATA']) return env['APPDATA'];
  return env['XDG_CONFIG_HOME'] || join(env['HOME'] || homedir(), '.config');
}
