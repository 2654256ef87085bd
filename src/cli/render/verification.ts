import { counted, grouped, listed } from '../../base/text.ts';
import type { VerificationView } from '../../runtime/app/views.ts';
import type { Screen } from '../screen.ts';
import { indented, renderFacts } from './facts.ts';
import { painted } from './state.ts';

type Trust = VerificationView['trust'][number];

const FROM: Record<Trust['from'], string> = {
  user: 'given by you',
  vouched: 'vouched for by a key that you gave',
  folder: 'found beside the evidence',
  workspace: 'of this workspace',
};

export function renderVerification(view: VerificationView, screen: Screen): string {
  const { paint } = screen;
  const checked = Object.entries(view.checked).map(([what, count]) => counted(count, singular(what), what));
  const head = `${paint.bold(view.target)}: ${painted(view.result, paint)}\n`;
  return [
    head,
    checked.length === 0 ? '' : `  checked ${listed(checked)}\n`,
    missions(view, screen),
    removed(view),
    failures(view, screen),
    trust(view, screen),
    identities(view, screen),
  ].join('');
}

function missions({ missions: all }: VerificationView, { paint }: Screen): string {
  return all
    .map(({ id, state, gate }) => {
      const verdict = gate === undefined ? '' : `, gate ${painted(gate.result, paint)}`;
      return `  mission ${id}${state === undefined ? '' : ` ${painted(state, paint)}`}${verdict}\n`;
    })
    .join('');
}

/** What is gone by a rule is said, and is no failure. */
function removed({ removed: all }: VerificationView): string {
  return all
    .map(
      ({ entry, mission, rule, digests }) =>
        `  ${counted(digests.length, 'content')} of mission ${mission} removed under log entry ${entry} (${rule})\n`,
    )
    .join('');
}

function failures({ failures: all, omitted }: VerificationView, { paint }: Screen): string {
  if (all.length === 0) return '';
  const lines = all.map(({ subject, code, message }) => `  ${paint.red(subject)}  ${code}\n    ${indented(message, 4)}\n`);
  const rest = omitted === 0 ? '' : `  and ${grouped(omitted)} more\n`;
  return `\n${counted(all.length + omitted, 'failure')}:\n${lines.join('')}${rest}`;
}

function trust({ trust: keys, result }: VerificationView, screen: Screen): string {
  if (keys.length === 0) return '';
  const rows = keys.map(({ use, fingerprint, from }) => [use, `${fingerprint}, ${FROM[from]}`] as const);
  const isCircular = result === 'verified' && keys.some(({ from }) => from === 'folder');
  const hint = `${screen.paint.cyan('hint:')} compare the fingerprints with those that the maker published, or give the keys with --key FILE\n`;
  return `\nKeys:\n${renderFacts(rows, screen)}${isCircular ? hint : ''}`;
}

const WANTED: Record<VerificationView['identities'][number]['from'], string> = {
  user: 'whom you expect',
  root: 'certified under the root that you gave',
  folder: 'certified under a root found beside the evidence',
  workspace: 'certified under a root of this workspace',
};

function identities({ identities: all, result }: VerificationView, screen: Screen): string {
  if (all.length === 0) return '';
  const rows = all.map(({ subject, issuer, from }) => ['identity', `${subject} (${issuer}), ${WANTED[from]}`] as const);
  const isOpen = result === 'verified' && all.some(({ from }) => from !== 'user');
  const hint = `${screen.paint.cyan('hint:')} say whom you expect with --trusted-root, --certificate-identity and --certificate-oidc-issuer\n`;
  return `\nSigned by:\n${renderFacts(rows, screen)}${isOpen ? hint : ''}`;
}

/** `entries` → `entry`, `tiles` → `tile`. */
function singular(plural: string): string {
  return plural.replace(/ies$/, 'y').replace(/s$/, '');
}
