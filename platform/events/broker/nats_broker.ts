import {
  jetstream,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamClient,
  JetStreamError,
  type JetStreamManager,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
} from "@nats-io/jetstream";
import { errors, headers, type NatsConnection } from "@nats-io/nats-core";
import { NatsConnectionImpl, setTransportFactory } from "@nats-io/nats-core/internal";
import type { Message } from "../outbox/message.ts";
import { type Broker, BrokerError, type PublishOptions, type PublishOutcome } from "./broker.ts";
import { NatsTransport } from "./nats_transport.ts";

setTransportFactory({ factory: () => new NatsTransport() });

/** Options of the connection to a NATS server or cluster. */
export interface NatsBrokerOptions {
  /** "host:port" of the servers to connect to first. */
  readonly servers: readonly [string, ...string[]];
  /** @default none */
  readonly credentials?: NatsCredentials;
  /** Whether TLS is required. */
  readonly tls: boolean;
  /** Certificates to trust, in PEM. @default those of the platform */
  readonly ca?: string;
  /** Name of the JetStream stream that stores the messages. */
  readonly stream: string;
  /**
   * Timeout of connecting and of an acknowledgement, in milliseconds.
   *
   * @default {5_000}
   */
  readonly timeoutMs?: number;
}

/** Credentials of the program at the server. */
export type NatsCredentials = { readonly user: string; readonly password: string } | {
  readonly token: string;
};

/** Prefix of subjects; the type of the event follows. */
const SUBJECT_PREFIX = "archway.";

const NANOSECONDS_PER_HOUR = 3_600_000_000_000;

/** Configuration of a stream that is created. An existing stream is not changed. */
const NEW_STREAM = {
  subjects: [`${SUBJECT_PREFIX}>`],
  storage: StorageType.File,
  retention: RetentionPolicy.Limits,
  max_age: 7 * 24 * NANOSECONDS_PER_HOUR,
  // A crash after the acknowledgement makes the program publish a message again, possibly after a long downtime.
  duplicate_window: NANOSECONDS_PER_HOUR,
};

interface Connected {
  readonly connection: NatsConnection;
  readonly client: JetStreamClient;
}

/**
 * Publishes to NATS JetStream, to the subject `archway.<event type>` with the message's id in `Nats-Msg-Id`. Connects on
 * first use and again after a lost connection. The client's own reconnecting is off: it would buffer messages and send
 * them after their publication has been reported as failed.
 */
export class NatsBroker implements Broker {
  readonly #options: NatsBrokerOptions;
  #connected: Promise<Connected> | undefined;

  constructor(options: NatsBrokerOptions) {
    this.#options = options;
  }

  async ready(): Promise<void> {
    await this.#connect();
  }

  async publish({ id, type, body }: Message, { traceparent }: PublishOptions): Promise<PublishOutcome> {
    const { client } = await this.#connect();
    const fields = headers();
    if (traceparent !== undefined) fields.set("traceparent", traceparent);
    fields.set("Content-Type", "application/json");
    const { timeoutMs: timeout = 5_000, stream } = this.#options;
    try {
      const { duplicate } = await client.publish(SUBJECT_PREFIX + type, body, {
        msgID: id,
        headers: fields,
        timeout,
        // Another stream may cover this subject by mistake.
        expect: { streamName: stream },
      });
      return duplicate ? "duplicate" : "published";
    } catch (cause) {
      throw brokerErrorOf(cause);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const connected = await this.#connected?.catch(() => undefined);
    await connected?.connection.close();
  }

  async #connect(): Promise<Connected> {
    this.#connected ??= this.#open();
    const opening = this.#connected;
    try {
      const connected = await opening;
      if (!connected.connection.isClosed()) return connected;
      this.#forget(opening);
    } catch (error) {
      this.#forget(opening);
      throw error;
    }
    return await this.#connect();
  }

  #forget(opening: Promise<Connected>): void {
    if (this.#connected === opening) this.#connected = undefined;
  }

  async #open(): Promise<Connected> {
    const { servers, credentials, tls, ca, timeoutMs: timeout = 5_000, stream } = this.#options;
    try {
      const connection = await NatsConnectionImpl.connect({
        servers: [...servers],
        ...(credentials === undefined
          ? {}
          : "token" in credentials
          ? { token: credentials.token }
          : { user: credentials.user, pass: credentials.password }),
        ...(tls ? { tls: ca === undefined ? {} : { ca } } : {}),
        name: "archway",
        timeout,
        reconnect: false,
        pingInterval: 10_000,
      });
      try {
        await ensureStream(await jetstreamManager(connection, { timeout }), stream);
      } catch (error) {
        await connection.close();
        throw error;
      }
      return { connection, client: jetstream(connection, { timeout }) };
    } catch (cause) {
      throw new BrokerError("unavailable", "Cannot connect to the message broker", { cause });
    }
  }
}

async function ensureStream(manager: JetStreamManager, name: string): Promise<void> {
  try {
    await manager.streams.info(name);
  } catch (error) {
    const missing = error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound;
    if (!missing) throw error;
    await manager.streams.add({ ...NEW_STREAM, name });
  }
}

function brokerErrorOf(cause: unknown): BrokerError {
  if (cause instanceof errors.TimeoutError) {
    return new BrokerError("timeout", "The message broker did not acknowledge a message in time", { cause });
  }
  const refused = cause instanceof JetStreamApiError || cause instanceof JetStreamError ||
    cause instanceof errors.InvalidArgumentError ||
    // No stream covers the subject. The client reports a server without JetStream, but that was ruled out on connecting.
    (cause instanceof Error && cause.cause instanceof errors.RequestError && cause.cause.isNoResponders());
  return refused
    ? new BrokerError("refused", "The message broker refused a message", { cause })
    : new BrokerError("unavailable", "The connection to the message broker was lost", { cause });
}
