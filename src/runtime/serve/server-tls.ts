/** As Node's `tls` takes it. */
export interface ServerTls {
  cert: Buffer;
  key: Buffer;
  /** Certificates that those of clients must come from. */
  ca?: Buffer;
  requestCert?: boolean;
  rejectUnauthorized?: boolean;
}
