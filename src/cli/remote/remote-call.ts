import { randomUUID } from 'node:crypto';

import { NexusError } from '../../base/errors.ts';
import type { JsonObject } from '../../base/json.ts';
import type { ApplyRequest, CallContext, OperationName, Operations } from '../../runtime/app/operations.ts';
import { manifestOf } from '../../runtime/app/source/bundle-manifest.ts';
import { policyDocument } from '../../runtime/app/policies/policy-document.ts';
import { findRemote, type Remote } from '../../runtime/app/remote/remotes.ts';
import { type Route, ROUTES } from '../../runtime/serve/routes.ts';
import { followRemote } from './follow-remote.ts';
import { exportRemote, verifyRemote } from './remote-proof.ts';
import { sendBundle } from './send-bundle.ts';
import { RemoteClient } from '../../runtime/app/remote/remote-client.ts';

/** Calls an operation of a control plane, as `call` does here. Throws `USAGE` for what only this machine can do. */
export async function remoteCall<N extends OperationName>(
  name: N,
  input: Operations[N]['input'],
  { remote, context }: { remote: string; context: CallContext },
): Promise<Operations[N]['output']> {
  const there = findRemote(remote);
  const client = new RemoteClient(there);
  return (await answerOf(name, plain(input), { client, remote: there, context })) as unknown as Operations[N]['output'];
}

interface There {
  client: RemoteClient;
  remote: Remote;
  context: CallContext;
}

async function answerOf(name: OperationName, input: JsonObject, there: There): Promise<JsonObject> {
  const { client } = there;
  switch (name) {
    case 'apply':
      return apply(input, there);
    case 'evidence.export':
      return exportRemote(text(input, 'mission'), text(input, 'out'), there);
    case 'verify':
      return verifyRemote(typeof input['target'] === 'string' ? input['target'] : 'latest', there);
    case 'resume':
    case 'retry': {
      const begun = await routed(name, input, there);
      const { remote, context } = there;
      return context.beginOnly === true ? begun : followRemote(begun, { client, remote: remote.name, context });
    }
    default:
      return routed(name, input, there);
  }
}

/** Of several that do the same, the one whose address has room for all that it is asked about. */
function routeFor(name: OperationName, input: JsonObject): Route | undefined {
  const routes = ROUTES.filter(({ operation }) => operation === name);
  const named = ({ path }: Route): boolean => [...path.matchAll(/:(\w+)/g)].every(([, member = '']) => member in input);
  return routes.find(named) ?? routes[0];
}

async function routed(name: OperationName, input: JsonObject, there: There): Promise<JsonObject> {
  const route = routeFor(name, input);
  if (route === undefined) throw onlyHere(name);
  const asked = 'bundle' in input ? await withSent(input, there) : input;
  return addressed(await there.client.json(...requestFor(route, asked)));
}

/** Documents from there have their `apiVersion` already; whoever prints adds its own. */
function addressed({ apiVersion: _, ...view }: JsonObject): JsonObject {
  return view;
}

/** What stands in the path is taken from the input; the rest is asked in the query, or said in the body. */
function requestFor({ method, path }: Route, input: JsonObject): [string, { method: 'GET' | 'POST'; json?: JsonObject }] {
  const left = { ...input };
  const filled = path.replaceAll(/:(\w+)/g, (_, name: string) => {
    const value = left[name];
    delete left[name];
    return encodeURIComponent(typeof value === 'string' || typeof value === 'number' ? String(value) : '');
  });
  if (method === 'POST') return [filled, { method, json: left }];
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(left)) {
    const words = [value].flat().filter((each) => typeof each === 'string' || typeof each === 'number');
    if (words.length > 0) query.set(name, words.join(','));
  }
  return [query.size === 0 ? filled : `${filled}?${query.toString()}`, { method }];
}

/** The input with the digest of its bundle, which is there then. */
async function withSent({ bundle, ...rest }: JsonObject, { client, context }: There): Promise<JsonObject> {
  const { lock, locked, strict: _, dialect, ...asked } = rest;
  if (asked['policy'] !== undefined) {
    throw new NexusError('USAGE', 'A plan is not asked of a remote under a policy.', {
      hint: 'Leave --remote or --policy out; `apply --remote` takes a policy.',
    });
  }
  if (lock === true || locked === true) {
    throw new NexusError('USAGE', 'A lock file is written and compared here, and not at a remote.', {
      hint: 'Leave --remote out.',
    });
  }
  const manifested = await manifestOf(
    { bundle: typeof bundle === 'string' ? bundle : '', ...(typeof dialect === 'string' ? { dialect } : {}) },
    context,
  );
  const { digest } = manifested;
  try {
    // Whoever may only read may ask about what is there.
    await client.json(`/v1/specifications/${digest}/validation`);
  } catch (error) {
    if (!(error instanceof NexusError) || error.code !== 'NOT_FOUND') throw error;
    await sendBundle(manifested, client);
  }
  return { ...asked, specification: digest };
}

/** Options of `apply` that mean something at a control plane. */
const SENT = ['agent', 'only', 'force', 'dialect', 'strict', 'priority', 'budget', 'requireApproval', 'answerWithin'] as const;

async function apply(request: ApplyRequest, there: There): Promise<JsonObject> {
  const { client, remote, context } = there;
  const { bundle, prompt, tick = false, detach = false, dryRun = false } = request;
  if (tick || prompt !== undefined || bundle === undefined) {
    throw new NexusError('USAGE', 'A mission that is sent has a BUNDLE, and neither --prompt nor --tick.', {
      hint: 'Boxes are ticked where the source lies; leave --remote out.',
    });
  }
  if (dryRun) return answerOf('plan', plain({ bundle, only: request.only, force: request.force, policy: request.policy }), there);
  const policy = request.policy === undefined ? undefined : await policyDocument(request.policy, context);
  const { specification } = await withSent(plain({ bundle, dialect: request.dialect }), there);
  const options = Object.fromEntries(SENT.map((key) => [key, request[key]]));
  // One try of ours is one request, however often the line breaks.
  const headers = { 'idempotency-key': randomUUID() };
  const json = plain({ ...options, specification, policy });
  const begun = addressed(await client.json('/v1/missions', { method: 'POST', headers, json }));
  if (begun['kind'] !== 'Mission' || detach || begun['unchanged'] === true) return begun;
  return followRemote(begun, { client, remote: remote.name, context });
}

/** As JSON has it: what is not given is not there, and an empty list says nothing. */
function plain(value: object): JsonObject {
  const given = Object.entries(value).filter(([, each]) => each !== undefined && !(Array.isArray(each) && each.length === 0));
  return JSON.parse(JSON.stringify(Object.fromEntries(given)));
}

const text = (input: JsonObject, name: string): string => (typeof input[name] === 'string' ? input[name] : '');

function onlyHere(name: string): NexusError {
  return new NexusError('USAGE', `\`${name.replace('.', ' ')}\` is for this machine; no remote can be asked for it.`, {
    hint: 'Leave --remote out.',
  });
}
