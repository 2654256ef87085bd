import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { type KeyTrust, NO_PINS, type Pins } from '../../proof/pins.ts';

import type { KeyUse, ProofVerdict } from '../../proof/proof-verdict.ts';
import { Copyable, StateBadge } from '../parts/parts.tsx';
import { shownText } from '../parts/shown-text.ts';

const TRUST: Readonly<Record<KeyTrust, readonly [state: string, word: string]>> = {
  pinned: ['pass', 'pinned'],
  server: ['waiting', 'as the server shows it'],
  other: ['fail', 'not the one you pinned'],
};

const USES: Readonly<Record<KeyUse, string>> = {
  log: 'Log, Ed25519',
  signing: 'Statements, ECDSA P-256',
  root: 'Trusted root of Sigstore',
  identity: 'Signer, by certificate',
};

const WHAT: Readonly<Record<KeyUse, string>> = {
  log: 'key of the log',
  signing: 'key of the statements',
  root: 'digest of the trusted root',
  identity: 'signer',
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
  const isPinned = [...pins.log, ...pins.signing, ...pins.identities].length > 0;
  const of = (...uses: KeyUse[]): string[] => verdict.keys.filter(({ use }) => uses.includes(use)).map((key) => key.text);
  const pinGiven = (event: Event): void => {
    event.preventDefault();
    const key = text.trim();
    if (/^sha256:[0-9a-f]{64}$/.test(key)) onPin({ ...pins, signing: [...pins.signing, key] });
    else if (/^[^\s+]+\+[0-9a-f]{8}\+\S+$/.test(key)) onPin({ ...pins, log: [...pins.log, key] });
    else if (/^\S+ \(https?:\/\/\S+\)$/.test(key)) onPin({ ...pins, identities: [...pins.identities, key] });
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
            <span>{USES[use]}</span>
            <Copyable text={key} shown={shownText(key, 300)} what={WHAT[use]} />
          </li>
        ))}
      </ul>
      <p class="soft small">
        What comes from the server shows that the proof is whole, not who made it. Compare it with what somebody you trust tells
        you, then pin it: this browser then refuses every other. A trusted root is known by its SHA-256; anybody whom its
        authorities certify counts under it, until you pin who.
      </p>
      <form class="row" onSubmit={pinGiven}>
        <button
          type="button"
          disabled={isPinned}
          onClick={() => onPin({ log: of('log'), signing: of('signing', 'root'), identities: of('identity') })}
        >
          Pin these keys
        </button>
        <button type="button" class="quiet" disabled={!isPinned} onClick={() => onPin(NO_PINS)}>
          Forget pinned keys
        </button>
        <label>
          <span class="listened">A key, trusted root or signer that you were given</span>
          <input
            type="text"
            spellcheck={false}
            placeholder="sha256:…, NAME+ID+KEY or SUBJECT (ISSUER)"
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
