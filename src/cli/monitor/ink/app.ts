import type { FunctionComponent, ReactElement } from 'react';

import type { Paint } from '../../screen.ts';
import { lineText } from '../screen/line.ts';
import type { MonitorStore } from '../store.ts';
import { keyNames } from './key-names.ts';
import type { InkParts } from './load-ink.ts';

/** The screen as Ink draws it: a row of text for each line, drawn anew only where it has changed. JSX is not to be had where types are only stripped. */
export function monitorApp(store: MonitorStore, paint: Paint, { ink, react }: InkParts): ReactElement {
  const { createElement: h, memo, useEffect, useSyncExternalStore } = react;
  const { Box, Text, useInput, useIsScreenReaderEnabled, useWindowSize } = ink;

  const Row: FunctionComponent<{ text: string }> = memo(({ text }: { text: string }) => h(Text, { wrap: 'truncate' }, text));

  const Screen: FunctionComponent = () => {
    useSyncExternalStore(store.subscribe, store.version);
    const size = useWindowSize();
    const isLinear = useIsScreenReaderEnabled();
    useEffect(() => store.resize(size), [size.columns, size.rows]);
    useInput((input, key) => {
      for (const name of keyNames(input, key)) store.press(name);
    });
    const rows = store.lines().map((line, at) => h(Row, { key: at, text: lineText(line, paint) }));
    return isLinear
      ? h(Box, { flexDirection: 'column' }, rows)
      : h(Box, { flexDirection: 'column', width: store.view.columns, height: store.view.rows, overflow: 'hidden' }, rows);
  };
  return h(Screen);
}
