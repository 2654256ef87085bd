import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { shapeOf } from '../../../runtime/report/html/state-mark.ts';
import { Problem } from '../../access/api.ts';
import { useDesk, useNow } from '../shell/desk.ts';
import { addressOf, type Place } from '../shell/route.ts';
import { fromNow, shownText } from './shown-text.ts';

/** The mark of a state; its word stands beside it. */
export function Mark({ state }: { state: string }): JSX.Element {
  const shape = shapeOf(state);
  return (
    <svg class={`mark s-${shape}`} aria-hidden="true" focusable="false">
      <use href={`#m-${shape}`} />
    </svg>
  );
}

export function StateBadge({ state, word = state }: { state: string; word?: string }): JSX.Element {
  return (
    <span class={`state s-${shapeOf(state)}`}>
      <Mark state={state} />
      {word}
    </span>
  );
}

/** A link within the board. */
export function Link({
  to,
  children,
  ...rest
}: {
  to: Place;
  children: ComponentChildren;
  class?: string;
  current?: boolean;
}): JSX.Element {
  const { go } = useDesk();
  const follow = (event: MouseEvent): void => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to);
  };
  return (
    <a href={addressOf(to)} onClick={follow} class={rest.class} aria-current={rest.current === true ? 'page' : undefined}>
      {children}
    </a>
  );
}

/** A moment, told by how long ago it was. */
export function Moment({ at }: { at: string }): JSX.Element {
  const now = useNow(15_000);
  return (
    <time dateTime={at} title={at}>
      {fromNow(Date.parse(at), now)}
    </time>
  );
}

/** Text that people want to have elsewhere. */
export function Copyable({ text, shown = text, what }: { text: string; shown?: string; what: string }): JSX.Element {
  const { announce } = useDesk();
  const [done, setDone] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setDone(true);
    announce(`${what} copied`);
    setTimeout(() => setDone(false), 1500);
  };
  return (
    <button
      type="button"
      class="copy"
      onClick={() => void copy().catch(() => announce('It could not be copied'))}
      title={`Copy ${text}`}
      aria-label={`Copy ${what} ${shown}`}
    >
      <code>{shown}</code>
      <svg viewBox="0 0 12 12" aria-hidden="true">
        <path d={done ? 'M2 6.5 5 9.5 10 3' : 'M4 4V1.5h6.5V8H8M1.5 4H8v6.5H1.5z'} />
      </svg>
    </button>
  );
}

export function Trouble({ error, again }: { error: unknown; again?: () => void }): JSX.Element {
  const message = error instanceof Error ? error.message : String(error);
  const { code, hint } = error instanceof Problem ? error : { code: null, hint: null };
  return (
    <div class="trouble" role="alert">
      <p>
        <b>{shownText(message)}</b> {code === null ? null : <code>{code}</code>}
      </p>
      {hint === null ? null : <p class="soft">{shownText(hint)}</p>}
      {again === undefined ? null : (
        <button type="button" onClick={again}>
          Try again
        </button>
      )}
    </div>
  );
}

export function Loading({ what }: { what: string }): JSX.Element {
  return (
    <p class="loading" role="status">
      Reading {what}…
    </p>
  );
}

export function Empty({ children }: { children: ComponentChildren }): JSX.Element {
  return <div class="empty">{children}</div>;
}

/** A share of tasks for each state, in one bar. */
export function Progress({ counts, label }: { counts: Readonly<Record<string, number>>; label: string }): JSX.Element {
  const states = ['succeeded', 'cached', 'running', 'failed', 'skipped', 'cancelled'] as const;
  const total = Math.max(1, counts['total'] ?? 0);
  let x = 0;
  return (
    <svg class="progress" viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label={label}>
      {states.map((state) => {
        const width = ((counts[state] ?? 0) / total) * 100;
        const from = x;
        x += width;
        return width === 0 ? null : <rect key={state} class={`s-${state}`} x={from} width={width} height="6" />;
      })}
    </svg>
  );
}

/** JSON of others, as text. */
export function Json({ value, most = 20_000 }: { value: unknown; most?: number }): JSX.Element {
  return <pre>{shownText(JSON.stringify(value, null, 2) ?? 'null', most)}</pre>;
}

/** Puts the focus on a page's heading when another page is shown, so that screen readers begin there. */
export function Title({ children, name }: { children: ComponentChildren; name: string }): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${shownText(name, 80)} · Release Control`;
    if (document.activeElement === document.body || document.activeElement?.isConnected !== true) heading.current?.focus();
  }, [name]);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}
