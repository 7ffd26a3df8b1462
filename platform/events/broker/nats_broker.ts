import {
  jetstream,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
} from "@nats-io/jetstream";
import { errors, headers, type NatsConnection } from "@nats-io/nats-core";
import { connectNats, type NatsServers } from "../connect_nats.ts";
import type { Message } from "../outbox/message.ts";
import { type Broker, BrokerError, type PublishOptions, type PublishOutcome } from "./broker.ts";
import { brokerReason, isRefusal, mayLackStream } from "./broker_reason.ts";

/** Options of the connection to a NATS server or cluster. */
export interface NatsBrokerOptions extends NatsServers {
  /** Name of the JetStream stream that stores the messages. */
  readonly stream: string;
  /**
   * Timeout of connecting and of an acknowledgement, in milliseconds.
   *
   * @default {5_000}
   */
  readonly timeoutMs?: number;
}

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

const TIMEOUT_MS = 5_000;

interface Connected {
  readonly connection: NatsConnection;
  readonly client: JetStreamClient;
  readonly manager: JetStreamManager;
}

/**
 * Publishes to NATS JetStream, to the subject `archway.<event type>` with the message's id in `Nats-Msg-Id`. Connects on
 * first use and again after a lost connection. The client's own reconnecting is off: it would buffer messages and send
 * them after their publication has been reported as failed.
 */
export class NatsBroker implements Broker {
  readonly #options: NatsBrokerOptions;
  readonly #timeoutMs: number;
  #connected: Promise<Connected> | undefined;
  /** Whether the stream may have been deleted since it was last seen. */
  #mayLackStream = false;

  constructor(options: NatsBrokerOptions) {
    this.#options = options;
    this.#timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  }

  async ready(): Promise<void> {
    const { manager } = await this.#connect();
    if (!this.#mayLackStream) return;
    try {
      await ensureStream(manager, this.#options.stream);
    } catch (error) {
      throw this.#unavailable("Cannot create the stream of the message broker", error);
    }
    this.#mayLackStream = false;
  }

  async publish({ id, type, body }: Message, { traceparent }: PublishOptions): Promise<PublishOutcome> {
    const { client } = await this.#connect();
    const fields = headers();
    if (traceparent !== undefined) fields.set("traceparent", traceparent);
    fields.set("Content-Type", "application/json");
    try {
      const { duplicate } = await client.publish(SUBJECT_PREFIX + type, body, {
        msgID: id,
        headers: fields,
        timeout: this.#timeoutMs,
        // Another stream may cover this subject by mistake.
        expect: { streamName: this.#options.stream },
      });
      return duplicate ? "duplicate" : "published";
    } catch (cause) {
      this.#mayLackStream ||= mayLackStream(cause);
      throw this.#publishError(cause);
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
    const { stream, ...servers } = this.#options;
    const timeout = this.#timeoutMs;
    try {
      const connection = await connectNats(servers, { name: "archway", timeoutMs: timeout });
      try {
        const manager = await jetstreamManager(connection, { timeout });
        await ensureStream(manager, stream);
        this.#mayLackStream = false;
        return { connection, client: jetstream(connection, { timeout }), manager };
      } catch (error) {
        await connection.close();
        throw error;
      }
    } catch (cause) {
      throw this.#unavailable("Cannot connect to the message broker", cause);
    }
  }

  #unavailable(message: string, cause: unknown): BrokerError {
    return new BrokerError("unavailable", `${message}: ${brokerReason(cause, this.#timeoutMs)}`, { cause });
  }

  #publishError(cause: unknown): BrokerError {
    if (isRefusal(cause)) {
      const reason = brokerReason(cause, this.#timeoutMs);
      return new BrokerError("refused", `The message broker refused a message: ${reason}`, { cause });
    }
    if (cause instanceof errors.TimeoutError) {
      const message = `The message broker did not acknowledge a message within ${this.#timeoutMs} ms`;
      return new BrokerError("timeout", message, { cause });
    }
    return this.#unavailable("The connection to the message broker was lost", cause);
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
