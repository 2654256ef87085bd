import type { ContractDraft } from '../../contracts/draft.ts';
import { referenceOrder } from '../../contracts/reference-order.ts';
import type { Desk, Draft } from '../../dialect.ts';
import { fileSlug } from '../../file-slug.ts';
import type { LineAccount } from '../../line-account.ts';
import type { ComponentElement, Interface, SourceSpan } from '../../model.ts';
import type { Bundle } from '../../read-bundle.ts';
import { placeAt, sourceText } from '../../source-text.ts';
import { parseProto } from './parse-proto.ts';
import { messageSchema, namesOf, protoAddress, type ProtoNames, resolveProto } from './proto-schema.ts';
import type { ProtoFile, ProtoMessage, ProtoService } from './syntax.ts';

/** The `.proto` files of a bundle, which refer to each other by full names. */
interface ProtoBundle {
  files: ReadonlyMap<string, ProtoFile>;
  names: ProtoNames;
  /** Names without packages that more than one message has. */
  repeated: ReadonlySet<string>;
  /** Each message after those it refers to, as far as there are no circles. */
  order: ReadonlyMap<string, number>;
}

const bundles = new WeakMap<Bundle, ProtoBundle>();

/** Reads a `.proto` file: its messages are contracts in their JSON form, its services components with gRPC interfaces. */
export function readProto(account: LineAccount, desk: Desk): Draft[] {
  const { source } = account;
  const bundle = bundleOf(desk.bundle);
  const file = bundle.files.get(source.path) ?? parseProto(source.text);
  account.mark({ line: 1, endLine: source.lineCount }, 'document');
  for (const { message, at } of file.faults) report(message, at, { account, desk });
  const uses = usesOf(file, bundle.names);
  const contracts = file.messages.map((message) => contractOf(message, { account, desk, bundle, uses }));
  return [...file.services.map((service) => componentOf(service, account)), ...contracts];
}

function bundleOf(bundle: Bundle): ProtoBundle {
  const known = bundles.get(bundle);
  if (known !== undefined) return known;
  const files = new Map(
    bundle.files.filter(({ path }) => /\.proto$/i.test(path)).map((file) => [file.path, parseProto(sourceText(file).text)]),
  );
  const all = [...files.values()].flatMap(({ messages }) => messages.map(({ name }) => name));
  const seen = new Set<string>();
  const repeated = new Set(all.filter((name) => seen.has(name) || !seen.add(name)));
  const names = namesOf(files.values());
  const made = { files, names, repeated, order: orderOf(names) };
  bundles.set(bundle, made);
  return made;
}

function orderOf(names: ProtoNames): Map<string, number> {
  const references = [...names.messages.values()].map(({ fullName, fields }) => {
    const to = fields.flatMap(({ type }) => resolveProto(type, fullName, names) ?? []);
    return [fullName, [...new Set(to)].filter((each) => each !== fullName && names.messages.has(each))] as const;
  });
  return new Map(referenceOrder(new Map(references)).ids.map((id, index) => [id, index]));
}

function report(message: string, at: number, { account, desk }: { account: LineAccount; desk: Desk }): void {
  const hint = 'Correct it if it is meant; what is not understood is in no contract.';
  desk.diagnostics.report('SPEC_PROTO_IGNORED', placeAt(account.source, at), { message, hint });
}

interface Context {
  account: LineAccount;
  desk: Desk;
  bundle: ProtoBundle;
  uses: Uses;
}

function contractOf(message: ProtoMessage, { account, desk, bundle, uses }: Context): ContractDraft {
  const source = spanOf(message.from, message.to, account);
  const name = bundle.repeated.has(message.name) ? message.fullName : message.name;
  const unknown = (type: string, { at, name: field }: { at: number; name: string }): void =>
    report(`\`${field}\` has the type \`${type.slice(0, 80)}\`, which is in no file of this bundle; any value fits.`, at, {
      account,
      desk,
    });
  const closesCircle = (other: string, { at, name: field }: { at: number; name: string }): boolean => {
    const isCut = other !== message.fullName && (bundle.order.get(other) ?? 0) > (bundle.order.get(message.fullName) ?? 0);
    if (isCut)
      report(`\`${field}\` closes a circle of messages with \`${other}\`; in its contract any object fits.`, at, {
        account,
        desk,
      });
    return isCut;
  };
  return {
    kind: 'contract',
    id: `contract:${fileSlug(name)}`,
    sourceId: message.fullName,
    name,
    section: source.file,
    source,
    shape: {
      by: 'document',
      schema: messageSchema(message, { names: bundle.names, unknown, closesCircle }),
      addresses: [protoAddress(message.fullName)],
      base: source.file,
      place: source,
    },
    producers: (uses.produced.get(message.fullName) ?? []).map((party) => ({ name: party, source })),
    consumers: (uses.consumed.get(message.fullName) ?? []).map((party) => ({ name: party, source })),
  };
}

function spanOf(from: number, to: number, { source }: LineAccount): SourceSpan {
  const { file, line, column } = placeAt(source, from);
  return { file, line, column, endLine: placeAt(source, Math.max(from, to)).line };
}

/** Services by the messages they take and give. */
interface Uses {
  consumed: ReadonlyMap<string, string[]>;
  produced: ReadonlyMap<string, string[]>;
}

function usesOf(file: ProtoFile, names: ProtoNames): Uses {
  const uses = { consumed: new Map<string, string[]>(), produced: new Map<string, string[]>() };
  for (const { name, methods } of file.services) {
    for (const { request, response } of methods) {
      addUse(uses.consumed, resolveProto(request, file.package, names), name);
      addUse(uses.produced, resolveProto(response, file.package, names), name);
    }
  }
  return uses;
}

function addUse(uses: Map<string, string[]>, message: string | undefined, service: string): void {
  if (message === undefined) return;
  const known = uses.get(message) ?? [];
  if (!known.includes(service)) uses.set(message, [...known, service]);
}

function componentOf(service: ProtoService, account: LineAccount): ComponentElement {
  const source = spanOf(service.at, service.at, account);
  const methods = new Map(service.methods.map((method) => [method.name, method]));
  const interfaces = [...methods.values()].map(({ name, streams, request, response }): Interface => {
    const asked = `${streams.request ? 'stream of ' : ''}${request}`;
    const given = `${streams.response ? 'stream of ' : ''}${response}`;
    return { kind: 'grpc', name: `${service.fullName}/${name}`, description: `${asked} → ${given}`, source };
  });
  const { name } = service;
  return {
    kind: 'component',
    id: `component:${fileSlug(name)}`,
    sourceId: service.fullName,
    name,
    section: source.file,
    source,
    responsibilities: [`Serves ${service.fullName} over gRPC.`],
    interfaces,
  };
}
