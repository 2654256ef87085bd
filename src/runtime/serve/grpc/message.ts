import { type DescMessage, fromJson, type JsonObject, type MessageShape } from '@bufbuild/protobuf';

/** A document of ours as a message; what the message has no field for is left out: REST and `OperationService` have it. */
export function messageOf<Desc extends DescMessage>(schema: Desc, document: object): MessageShape<Desc> {
  return fromJson(schema, struct(JSON.stringify(document)), { ignoreUnknownFields: true });
}

/** JSON of a document as `google.protobuf.Struct`: all of it. */
export function struct(text: string): JsonObject {
  return JSON.parse(text) as JsonObject;
}
