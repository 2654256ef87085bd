import { type DescMessage, fromJson, type JsonObject, type MessageShape } from '@bufbuild/protobuf';

/** A document of ours as a message; what the message has no field for is left out: REST and `OperationService` have it. */
export function messageOf<Desc extends DescMessage>(schema: Desc, document: object): MessageShape<Desc> {
  return fromJson(schema, struct(document), { ignoreUnknownFields: true });
}

/** A document as `google.protobuf.Struct`: all of it. Members without a value are not there. */
export function struct(document: unknown): JsonObject {
  return JSON.parse(JSON.stringify(document)) as JsonObject;
}
