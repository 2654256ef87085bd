import type { Digest } from '../../base/digest.ts';

export interface ReadmeInput {
  mission: string;
  /** Fingerprint of the key in `keys/signing.pub`; none where an identity has signed. */
  fingerprint: Digest | undefined;
  /** The log's public key, `name+id+key`. */
  logKey: string;
  /** A statement about one of the artifacts, to show other tools with. */
  example?: { statement: string; predicateType: string; artifact: string };
}

/** What a stranger who is handed the folder needs to know. */
export function exportReadme({ mission, fingerprint, logKey, example }: ReadmeInput): string {
  return `# Evidence of mission ${mission}

This folder holds a product and the proof of how it came to be. It verifies by itself: no workspace, no network.

| path | what it is |
| --- | --- |
| \`artifacts/\` | the product |
| \`tree.json\` | its files with their digests; the SHA-256 of this list is the head that the mission ended with |
| \`evidence/*.sigstore.json\` | signed in-toto statements (Sigstore bundle v0.3): who made which file from what, test results, the gate |
| \`proofs/*.entry.json\`, \`proofs/*.tlog-proof\` | for each statement the log entry that records it, and the proof that the entry is in the log (c2sp.org/tlog-proof) |
| \`log/\` | the signed checkpoint of the log, the mission's entries, and the hash tiles that lead from them to the checkpoint (c2sp.org/tlog-tiles) |
| \`policy.tar.gz\` | where the gate asked a release policy: that policy, an OPA bundle; its SHA-256 stands in the gate's summary |
${signer(fingerprint)}
| \`keys/log.pub\` | the key that signed the checkpoint: \`${logKey}\` |
| \`export.sigstore.json\` | signed list of all files here |
| \`SHA256SUMS\` | the same list for \`sha256sum\` |

## Verify

Everything, and what belongs together:

    spec-kit verify .

${whoMadeIt(fingerprint)}
Only that no file was damaged on the way:

    sha256sum --check SHA256SUMS
${example === undefined ? '' : cosign(example)}`;
}

function signer(fingerprint: Digest | undefined): string {
  return fingerprint === undefined
    ? '| `keys/trusted-root-*.json` | the Sigstore trusted root under which the certificates of those who signed count |'
    : `| \`keys/signing.pub\` | the key that signed the statements, PEM; SHA-256 of its DER: \`${fingerprint}\` |`;
}

function whoMadeIt(fingerprint: Digest | undefined): string {
  return fingerprint === undefined
    ? `The trusted root in this folder shows that it is whole, not who made it. Get the root by another way, and say whom you expect:

    spec-kit verify . --trusted-root trusted_root.json --certificate-identity NAME --certificate-oidc-issuer URL
`
    : `The keys in this folder show that it is whole, not who made it. Get the key from whoever made it by another way, and say so:

    spec-kit verify . --key signing.pub
`;
}

function cosign({ statement, predicateType, artifact }: NonNullable<ReadmeInput['example']>): string {
  return `
One artifact against one statement, with cosign 3:

    cosign verify-blob-attestation --key keys/signing.pub --insecure-ignore-tlog=true \\
      --bundle ${quoted(statement)} --type ${predicateType} ${quoted(artifact)}
`;
}

/** For a POSIX shell. */
function quoted(path: string): string {
  return /^[\w./~-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
