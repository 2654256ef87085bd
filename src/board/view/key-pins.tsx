import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { type KeyTrust, NO_PINS, type Pins } from '../proof/pins.ts';

import type { ProofVerdict } from '../proof/proof-verdict.ts';
import { Copyable, StateBadge } from './parts.tsx';

const TRUST: Readonly<Record<KeyTrust, readonly [state: string, word: string]>> = {
  pinned: ['pass', 'pinned'],
  server: ['waiting', 'as the server shows it'],
  other: ['fail', 'not the one you pinned'],
};

/** The keys that everything rests on: shown, and taken for good by whoever has compared them. */
export function KeyPins({
  verdict,
  pins,
  onPin,
}: {
  verdict: ProofVerdict;
  pins: Pins;
  onPin: (pins: Pins) => void;
}): JSX.Element {
  const [text, setText] = useState('');
  const isPinned = pins.log.length > 0 || pins.signing.length > 0;
  const of = (use: 'log' | 'signing'): string[] => verdict.keys.filter((key) => key.use === use).map((key) => key.text);
  const pinGiven = (event: Event): void => {
    event.preventDefault();
    const key = text.trim();
    if (/^sha256:[0-9a-f]{64}$/.test(key)) onPin({ ...pins, signing: [...pins.signing, key] });
    else if (/^[^\s+]+\+[0-9a-f]{8}\+\S+$/.test(key)) onPin({ ...pins, log: [...pins.log, key] });
    else return;
    setText('');
  };
  return (
    <section class="keys" aria-labelledby="keys">
      <h2 id="keys">Keys</h2>
      <ul>
        {verdict.keys.map(({ use, text: key, trust }) => (
          <li key={key}>
            <StateBadge state={TRUST[trust][0]} word={TRUST[trust][1]} />
            <span>{use === 'log' ? 'Log, Ed25519' : 'Statements, ECDSA P-256'}</span>
            <Copyable text={key} what={`key of the ${use === 'log' ? 'log' : 'statements'}`} />
          </li>
        ))}
      </ul>
      <p class="soft small">
        Keys that come from the server show that the proof is whole, not who made it. Compare them with what somebody you trust
        tells you, then pin them: this browser then refuses every other.
      </p>
      <form class="row" onSubmit={pinGiven}>
        <button type="button" disabled={isPinned} onClick={() => onPin({ log: of('log'), signing: of('signing') })}>
          Pin these keys
        </button>
        <button type="button" class="quiet" disabled={!isPinned} onClick={() => onPin(NO_PINS)}>
          Forget pinned keys
        </button>
        <label>
          <span class="listened">A key that you were given</span>
          <input
            type="text"
            spellcheck={false}
            placeholder="sha256:… or NAME+ID+KEY that you were given"
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
        <button type="submit" disabled={text.trim() === ''}>
          Pin
        </button>
      </form>
    </section>
  );
}
