import { type Clock, systemClock } from '../../../base/clock.ts';
import { NexusError } from '../../../base/errors.ts';
import { openKeys } from '../../app/ledger/keys.ts';
import { tokenIssuer } from '../../app/access/token-records.ts';
import type { Engine } from '../../app/host/engine.ts';
import type { Authority } from '../principal.ts';
import type { Access } from '../server.ts';
import { IssuerAuthority } from './issuer-authority.ts';
import { Login } from './login.ts';
import { OwnTokens } from './own-tokens.ts';
import { readNamed, type ServerConfig } from './server-config.ts';
import { Sessions } from './sessions.ts';

const HOURS = 8;

interface Surroundings {
  engine: Engine;
  /** Whether browsers come over TLS. */
  secure: boolean;
  clock?: Clock;
  onTrouble?: (error: NexusError) => void;
}

/** All by which somebody can be known to a server, as its configuration has it, beside the token of its owner. Throws `CONFIG_INVALID`. */
export function openAccess(
  config: ServerConfig,
  { engine: { workspace, log }, secure, clock = systemClock, onTrouble }: Surroundings,
): { authorities: Authority[]; access: Access } {
  const { login } = config;
  const clients = login === undefined ? [] : [login.clientId, ...(login.cliClientId === undefined ? [] : [login.cliClientId])];
  const issuers = (config.issuers ?? []).map(
    (issuer) =>
      new IssuerAuthority(issuer, config, {
        clock,
        clients: issuer.issuer === login?.issuer ? clients : [],
        ...(onTrouble && { onTrouble }),
      }),
  );
  const own = { key: openKeys(workspace).tokens(), issuer: tokenIssuer(workspace), log, clock };
  return {
    authorities: [new OwnTokens(own), ...issuers],
    access: {
      certificates: config.tls?.clients?.principals,
      sessions: new Sessions({ ...own, secure, lifetime: (login?.hours ?? HOURS) * 3_600_000 }),
      login: login === undefined ? undefined : openLogin(login, config, issuers),
    },
  };
}

function openLogin(login: NonNullable<ServerConfig['login']>, config: ServerConfig, issuers: readonly IssuerAuthority[]): Login {
  const { clientId, cliClientId = clientId, clientSecretFile, scopes = ['openid', 'profile'] } = login;
  const authority = issuers.find(({ name }) => name === login.issuer);
  if (authority === undefined) {
    throw new NexusError('CONFIG_INVALID', `Nobody is told how far the issuer of the login, ${login.issuer}, is trusted.`, {
      hint: 'Put it among the `issuers`.',
      details: { issuer: login.issuer },
    });
  }
  const secret = clientSecretFile === undefined ? undefined : readNamed(config, clientSecretFile).toString('utf8').trim();
  const publicUrl = config.listen?.publicUrl;
  return new Login({ authority, clientId, cliClientId, clientSecret: secret, scopes, publicUrl, clock: systemClock });
}
