/** What a `.proto` file declares, as far as contracts and services need it. */
export interface ProtoFile {
  package: string;
  /** Nested ones too, each with its full name. */
  messages: ProtoMessage[];
  enums: ProtoEnum[];
  services: ProtoService[];
  faults: ProtoFault[];
}

export interface ProtoMessage {
  /** `shop.Order.Line`. */
  fullName: string;
  /** Without the package: `Order.Line`. */
  name: string;
  fields: ProtoField[];
  /** Offsets of its declaration. */
  from: number;
  to: number;
}

export interface ProtoField {
  name: string;
  /** As written: `string`, `Line`, `google.protobuf.Timestamp`. */
  type: string;
  label: 'repeated' | 'required' | 'optional' | '';
  /** Type of the keys of a map, whose values have `type`. */
  key?: string;
  /** Name of the group of which only one is set. */
  oneof?: string;
  jsonName?: string;
  at: number;
}

export interface ProtoEnum {
  fullName: string;
  values: string[];
}

export interface ProtoService {
  fullName: string;
  name: string;
  methods: ProtoMethod[];
  at: number;
}

export interface ProtoMethod {
  name: string;
  request: string;
  response: string;
  streams: { request: boolean; response: boolean };
}

/** Something that is not understood. */
export interface ProtoFault {
  message: string;
  at: number;
}
