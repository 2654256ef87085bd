import { render } from 'preact';

import { Api } from './access/api.ts';
import { Session } from './access/session.ts';
import { EventHub } from './live/event-hub.ts';
import { Board } from './view/shell/board.tsx';

const root = document.querySelector('#board');
const session = new Session(sessionStorage, async (...request) => fetch(...request));
const api = new Api(session);
const hub = new EventHub({ open: async (after, signal) => api.events(after, signal) });
if (root !== null) render(<Board session={session} api={api} hub={hub} />, root);
