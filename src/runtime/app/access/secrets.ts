import { systemClock } from '../../../base/clock.ts';
import { messageOf, NexusError } from '../../../base/errors.ts';
import { Redactor } from '../../workspace/secrets/redactor.ts';
import { SecretDesk } from '../../workspace/secrets/secret-desk.ts';
import type { SecretSource } from '../../workspace/secrets/secret-source.ts';
import { Secrets } from '../../workspace/secrets/secrets.ts';
import { readConfig } from '../config.ts';
import type { CallContext, Handler } from '../operations.ts';
import { allowSecretSettings, type KnownSecrets, readSecretSettings } from './secret-settings.ts';
import type { SecretListView } from '../memory/memory-views.ts';

/** Hands out the secrets of the configuration above the working folder, once a person has allowed it. */
export function secretDesk(context: Pick<CallContext, 'cwd'>): SecretDesk {
  return new SecretDesk((redactor) => openSecrets(context, redactor));
}

async function openSecrets(context: Pick<CallContext, 'cwd'>, redactor: Redactor): Promise<Secrets> {
  const known = await readSecretSettings(context);
  if (known !== undefined && !known.allowed)
    throw new NexusError('SECRET_NOT_ALLOWED', `Nobody has allowed what ${known.file} says of secrets, as it stands.`, {
      hint: '`spec-kit secrets list` shows what it names; `spec-kit secrets allow` allows it.',
      details: { file: known.file },
    });
  return secretsOf(known, redactor);
}

export const listSecrets: Handler<'secrets.list'> = async (_, context) => {
  const known = await readSecretSettings(context);
  return viewOf(known, known?.allowed === true);
};

export const allowSecrets: Handler<'secrets.allow'> = async (_, context) => {
  const known = await readSecretSettings(context);
  if (known === undefined)
    throw new NexusError('NOT_FOUND', 'There is no `.agentnexus.yaml` here that says anything of secrets.', {
      hint: 'docs/secrets.md shows what to write.',
    });
  allowSecretSettings(known);
  return viewOf(known, true);
};

function secretsOf(known: KnownSecrets | undefined, redactor = new Redactor()): Secrets {
  const { environment } = readConfig();
  return new Secrets(known ?? { secrets: new Map() }, { clock: systemClock, environment, redactor });
}

async function viewOf(known: KnownSecrets | undefined, allowed: boolean): Promise<SecretListView> {
  if (known === undefined) return { kind: 'SecretList', file: null, allowed: false, items: [] };
  const secrets = secretsOf(known);
  try {
    const items: SecretListView['items'] = [];
    for (const [name, source] of known.secrets) {
      const { state, reason } = allowed ? await stateOf(name, secrets) : ({ state: 'not-allowed', reason: null } as const);
      items.push({ name, from: source.from, source: shown(source), state, reason });
    }
    return { kind: 'SecretList', file: known.file, allowed, items };
  } finally {
    await secrets.close();
  }
}

async function stateOf(name: string, secrets: Secrets): Promise<Pick<SecretListView['items'][number], 'state' | 'reason'>> {
  try {
    await secrets.get(name);
    return { state: 'available', reason: null };
  } catch (error) {
    if (!(error instanceof NexusError)) throw error;
    return { state: 'missing', reason: secrets.redactor.text(messageOf(error)) };
  }
}

function shown(source: SecretSource): string {
  if (source.from === 'env') return source.variable;
  if (source.from === 'file') return source.path;
  const { mount, path, field } = source.read;
  return `${mount === undefined ? '' : `${mount}/`}${path} ${field}`;
}
