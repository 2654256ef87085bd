import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import type { Ways } from '../../access/session.ts';
import { Trouble } from '../parts/parts.tsx';
import { useDesk } from './desk.ts';

/** Asks who somebody is: by the issuer that the server trusts, or by the token that `agentnexus serve` says the place of. */
export function SignIn({ ways, onIn }: { ways: Ways; onIn: () => void }): JSX.Element {
  const { session } = useDesk();
  const [token, setToken] = useState('');
  const [error, setError] = useState<unknown>(undefined);
  const [busy, setBusy] = useState(false);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    try {
      if (await session.signIn(token)) return onIn();
      setError(new Error('This token is not known here.'));
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <main class="signin" id="main">
      <form onSubmit={(event) => void submit(event)}>
        <h1>Release Control</h1>
        <p class="soft">
          Missions, gates and evidence of this workspace. <code>agentnexus serve</code> says where its token lies.
        </p>
        {ways.issuer === null ? null : (
          <a class="way" href={ways.issuer}>
            Sign in with your organisation
          </a>
        )}
        <label for="token">Token</label>
        <input
          id="token"
          type="password"
          autocomplete="off"
          spellcheck={false}
          required
          value={token}
          onInput={(event) => setToken(event.currentTarget.value)}
        />
        {error === undefined ? null : <Trouble error={error} />}
        <button type="submit" class="primary" disabled={busy}>
          Sign in
        </button>
      </form>
    </main>
  );
}
