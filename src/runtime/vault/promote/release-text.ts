import { hexOf } from '../../../base/digest.ts';
import { counted } from '../../../base/text.ts';
import type { SigningKey } from '../signing-key.ts';
import type { Release } from './promotion.ts';
import { PROMOTER } from './release-repository.ts';
import { sshPublicKey } from './ssh-signature.ts';

/** Rows of a table of files; forges cut off what is too long. */
const MAX_ROWS = 200;

export function releaseTitle({ specification, mission }: Release): string {
  return `${specification.title} (mission ${mission.slice(0, 8)})`;
}

export function commitMessage(release: Release): string {
  const { mission, head } = release;
  return `${oneLine(releaseTitle(release))}\n\nMission: ${mission}\nTree: ${head}\n`;
}

/** What the tag says: that it carries the checkpoint makes the log known to whoever fetches it. */
export function tagMessage(release: Release): string {
  const { mission, head, checkpoint } = release;
  return `${oneLine(releaseTitle(release))}\n\nMission: ${mission}\nTree: ${head}\n\nThe log stood at:\n\n${checkpoint}`;
}

/** The text of a pull request or a release: what is proven of which file, and how to check it. Markdown. */
export function evidenceText(release: Release, key: SigningKey): string {
  const { mission, head, tree, statements, checkpoint } = release;
  const [origin = '', size = '', root = ''] = checkpoint.split('\n');
  const shown = tree.slice(0, MAX_ROWS);
  const left = tree.length - shown.length;
  return `Made from ${code(release.specification.id)} by mission ${code(mission)}. The gate passed it; every statement below verified.

| evidence | |
| --- | --- |
| tree | ${code(head)} |
| statements | ${[...statements].map(([type, count]) => `${count} × ${code(type)}`).join('<br>')} |
| signed by | ${code(key.fingerprint)} |
| log | ${code(origin)}, ${counted(Number(size), 'entry', 'entries')}, root ${code(root)} |

| file | SHA-256 | kind |
| --- | --- | --- |
${shown.map(({ path, digest, type }) => `| ${code(path)} | ${code(hexOf(digest))} | ${type} |`).join('\n')}
${left > 0 ? `\n…and ${counted(left, 'more file')}; \`evidence.tar.gz\` has all of them.\n` : ''}
Check it anywhere, offline: unpack \`evidence.tar.gz\`, then \`spec-kit verify DIR\`. The tag is signed by

\`\`\`
${PROMOTER.email} namespaces="git" ${sshPublicKey(key)}
\`\`\`
`;
}

/** A code span in a table; names of files are whatever the agent made them. */
function code(text: string): string {
  const plain = text
    .replace(/[\p{Cc}\u2028\u2029]/gu, ' ')
    .replaceAll('`', "'")
    .replaceAll('|', '\\|');
  return `\`${plain}\``;
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').slice(0, 120);
}
