import type { ComponentType, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { Loading, Trouble } from './parts.tsx';

/** A component that is fetched when it is first shown. `lazy` of `preact/compat` does the same, with all of compat. */
export function lazy<P extends object>(load: () => Promise<ComponentType<P>>): (props: P) => JSX.Element {
  let found: ComponentType<P> | undefined;
  return function Lazy(props: P): JSX.Element {
    const [, arrived] = useState(false);
    const [error, setError] = useState<unknown>(undefined);
    useEffect(() => {
      const fetchIt = async (): Promise<void> => {
        found ??= await load();
        arrived(true);
      };
      void fetchIt().catch(setError);
    }, []);
    if (error !== undefined) return <Trouble error={new Error('This part could not be loaded. Load the page again.')} />;
    if (found === undefined) return <Loading what="this view" />;
    const Found = found;
    return <Found {...props} />;
  };
}
