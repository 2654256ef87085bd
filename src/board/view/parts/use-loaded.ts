import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

export interface Loaded<T> {
  value: T | undefined;
  error: unknown;
  /** Reads it once more; what is shown stays until the answer is there. */
  again: () => void;
}

/** Reads something whenever `key` changes. An answer that comes too late is thrown away. */
export function useLoaded<T>(key: string, read: () => Promise<T>): Loaded<T> {
  const [state, setState] = useState<{ key: string; value: T | undefined; error: unknown }>({
    key,
    value: undefined,
    error: undefined,
  });
  const turn = useRef(0);
  const latest = useRef(read);
  latest.current = read;
  const again = useCallback(() => {
    const mine = ++turn.current;
    const readIt = async (): Promise<void> => {
      try {
        const value = await latest.current();
        if (mine === turn.current) setState({ key, value, error: undefined });
      } catch (error) {
        // What was read before stays beside what went wrong.
        if (mine === turn.current) setState((before) => ({ key, value: before.key === key ? before.value : undefined, error }));
      }
    };
    void readIt();
  }, [key]);
  useEffect(() => {
    again();
    return () => {
      turn.current++;
    };
  }, [again]);
  return { value: state.key === key ? state.value : undefined, error: state.key === key ? state.error : undefined, again };
}
