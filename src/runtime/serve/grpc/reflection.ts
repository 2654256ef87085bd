import {
  create,
  createRegistry,
  type DescFile,
  type DescService,
  fromBinary,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { Code, type ConnectRouter } from '@connectrpc/connect';

import { file_google_rpc_error_details } from './generated/google/rpc/error_details_pb.ts';
import {
  ServerReflection as ServerReflectionV1,
  type ServerReflectionRequest,
} from './generated/grpc/reflection/v1/reflection_pb.ts';
import { ServerReflection as ServerReflectionV1Alpha } from './generated/grpc/reflection/v1alpha/reflection_pb.ts';

/** Tells clients what can be called (gRPC server reflection, in both its versions); it needs no token, as `/openapi.json` does not. */
export function reflection(router: ConnectRouter, services: readonly DescService[]): void {
  const source = new DescriptorSource([...services, ServerReflectionV1, ServerReflectionV1Alpha]);
  async function* answers(requests: AsyncIterable<ServerReflectionRequest>): AsyncIterable<MessageShape<typeof V1.output>> {
    for await (const request of requests) {
      const messageResponse = source.answer(request.messageRequest);
      yield create(V1.output, { validHost: request.host, originalRequest: request, messageResponse });
    }
  }
  router.service(ServerReflectionV1, { serverReflectionInfo: (requests) => answers(requests) });
  // The older version is the newer one by another name.
  router.service(ServerReflectionV1Alpha, {
    async *serverReflectionInfo(requests) {
      for await (const answer of answers(converted(requests))) yield fromBinary(V1ALPHA.output, toBinary(V1.output, answer));
    },
  });
}

const V1 = ServerReflectionV1.method.serverReflectionInfo;
const V1ALPHA = ServerReflectionV1Alpha.method.serverReflectionInfo;

async function* converted(requests: AsyncIterable<MessageShape<typeof V1ALPHA.input>>): AsyncIterable<ServerReflectionRequest> {
  for await (const request of requests) yield fromBinary(V1.input, toBinary(V1ALPHA.input, request));
}

type Answer =
  | { case: 'fileDescriptorResponse'; value: { fileDescriptorProto: Uint8Array[] } }
  | { case: 'listServicesResponse'; value: { service: { name: string }[] } }
  | { case: 'allExtensionNumbersResponse'; value: { baseTypeName: string; extensionNumber: number[] } }
  | { case: 'errorResponse'; value: { errorCode: number; errorMessage: string } };

class DescriptorSource {
  readonly #services: readonly DescService[];
  /** Every file that something of ours is in or needs. */
  readonly #files = new Map<string, DescFile>();

  constructor(services: readonly DescService[]) {
    this.#services = services;
    for (const { file } of services) this.#add(file);
    // No method names the details of errors.
    this.#add(file_google_rpc_error_details);
  }

  answer(asked: ServerReflectionRequest['messageRequest']): Answer {
    switch (asked.case) {
      case 'listServices':
        return { case: 'listServicesResponse', value: { service: this.#services.map(({ typeName }) => ({ name: typeName })) } };
      case 'fileByFilename':
        return this.#withNeeds(this.#files.get(asked.value.replace(/\.proto$/, '')), asked.value);
      case 'fileContainingSymbol':
        return this.#withNeeds(this.#fileWith(asked.value), asked.value);
      case 'allExtensionNumbersOfType':
        return { case: 'allExtensionNumbersResponse', value: { baseTypeName: asked.value, extensionNumber: [] } };
      case 'fileContainingExtension':
      case undefined:
      default:
        return notFound('extension');
    }
  }

  #add(file: DescFile): void {
    if (this.#files.has(file.name)) return;
    this.#files.set(file.name, file);
    for (const needed of file.dependencies) this.#add(needed);
  }

  /** Methods and fields are in the file of what they belong to. */
  #fileWith(symbol: string): DescFile | undefined {
    const registry = createRegistry(...this.#files.values());
    return registry.get(symbol)?.file ?? registry.get(symbol.slice(0, symbol.lastIndexOf('.')))?.file;
  }

  /** The file and all that it needs, so that no client has to ask again. */
  #withNeeds(file: DescFile | undefined, name: string): Answer {
    if (file === undefined) return notFound(name);
    const needed = new Map<string, DescFile>();
    const add = (each: DescFile): void => {
      needed.set(each.name, each);
      for (const other of each.dependencies) if (!needed.has(other.name)) add(other);
    };
    add(file);
    const fileDescriptorProto = [...needed.values()].map(({ proto }) => toBinary(FileDescriptorProtoSchema, proto));
    return { case: 'fileDescriptorResponse', value: { fileDescriptorProto } };
  }
}

function notFound(name: string): Answer {
  return { case: 'errorResponse', value: { errorCode: Code.NotFound, errorMessage: `${name} is not known here` } };
}
