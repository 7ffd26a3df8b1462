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

/** Where a NATS server or cluster is, and what is kept there. */
export interface NatsBrokerOptions {
  /** "host:port" of every server that is known beforehand. */
  readonly servers: readonly [string, ...string[]];
  /** Absent: the server asks for none. */
  readonly credentials?: NatsCredentials;
  /** Whether the way has to be encrypted. */
  readonly tls: boolean;
  /** Certificates to trust, in PEM; absent: those that the platform trusts. */
  readonly ca?: string;
  /** The name of the stream that keeps the messages. */
  readonly stream: string;
  /**
   * How long connecting, and an acknowledgement, may take, in milliseconds.
   *
   * @default {5_000}
   */
  readonly timeoutMs?: number;
}

/** Who the program is to the server. */
export type NatsCredentials = { readonly user: string; readonly password: string } | {
  readonly token: string;
};

/** Subjects begin with this; the type of the event follows. */
const SUBJECT_PREFIX = "archway.";

const NANOSECONDS_PER_HOUR = 3_600_000_000_000;

/** What the stream is made with where there is none; one that is there is left as it is. */
const NEW_STREAM = {
  subjects: [`${SUBJECT_PREFIX}>`],
  storage: StorageType.File,
  retention: RetentionPolicy.Limits,
  // The oldest go first.
  max_age: 7 * 24 * NANOSECONDS_PER_HOUR,
  // How long the server knows ids: a message is published twice where the program ended before it had noted the first
  // time, and it may be down for a while.
  duplicate_window: NANOSECONDS_PER_HOUR,
};

interface Connected {
  readonly connection: NatsConnection;
  readonly client: JetStreamClient;
}

/**
 * Publishes to NATS JetStream: to the subject `archway.<event type>`, with the message's id in `Nats-Msg-Id`. It connects
 * when it is first needed, and anew after the connection was lost; the client's own reconnecting would keep messages in
 * memory and send them later, when nobody waits for them any more.
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
        // Another stream may keep this subject by mistake.
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
      throw new BrokerError("unavailable", "The message broker cannot be used", { cause });
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
    return new BrokerError("timeout", "The message broker did not acknowledge a message", { cause });
  }
  const refused = cause instanceof JetStreamApiError || cause instanceof JetStreamError ||
    cause instanceof errors.InvalidArgumentError ||
    // Nobody keeps the subject. The client takes it for a server without JetStream, which was asked for before.
    (cause instanceof Error && cause.cause instanceof errors.RequestError && cause.cause.isNoResponders());
  return refused
    ? new BrokerError("refused", "The message broker does not take a message", { cause })
    : new BrokerError("unavailable", "The message broker was lost", { cause });
}
