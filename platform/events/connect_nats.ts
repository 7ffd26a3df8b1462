import type { NatsConnection } from "@nats-io/nats-core";
import { NatsConnectionImpl, setTransportFactory } from "@nats-io/nats-core/internal";
import { NatsTransport } from "./broker/nats_transport.ts";

setTransportFactory({ factory: () => new NatsTransport() });

/** Servers and credentials of a connection to NATS. */
export interface NatsServers {
  /** "host:port" of the servers to connect to first. */
  readonly servers: readonly [string, ...string[]];
  /** @default none */
  readonly credentials?: NatsCredentials;
  /** TLS to the servers; undefined if it is not required. */
  readonly tls: NatsTls | undefined;
}

/** TLS to a NATS server, whose certificate is verified. All texts are in PEM. */
export interface NatsTls {
  /** Certificates to trust. @default those of the platform */
  readonly ca?: string;
  /** Client certificate and its key, for a server that requires one. @default none */
  readonly client?: { readonly cert: string; readonly key: string };
}

/** Credentials of the program at the server. */
export type NatsCredentials = { readonly user: string; readonly password: string } | {
  readonly token: string;
};

/** Options of {@link connectNats}. */
export interface ConnectNatsOptions {
  /** Name of the client, which the server shows. */
  readonly name: string;
  /** Timeout of connecting, in milliseconds. */
  readonly timeoutMs: number;
}

/** Connects to NATS. A connection that is lost stays closed: its user decides on what to repeat. */
export function connectNats(
  { servers, credentials, tls }: NatsServers,
  { name, timeoutMs: timeout }: ConnectNatsOptions,
): Promise<NatsConnection> {
  return NatsConnectionImpl.connect({
    servers: [...servers],
    ...(credentials === undefined
      ? {}
      : "token" in credentials
      ? { token: credentials.token }
      : { user: credentials.user, pass: credentials.password }),
    ...(tls !== undefined && { tls: { ...(tls.ca !== undefined && { ca: tls.ca }), ...tls.client } }),
    ...{ name, timeout, reconnect: false, pingInterval: 10_000 },
  });
}
