import { jetstreamManager } from "@nats-io/jetstream";
import { NatsConnectionImpl } from "@nats-io/nats-core/internal";
import "../nats_broker.ts";
import type { Nats } from "@archway/tools/support/nats/start_nats.ts";

/** A message stored in a stream. */
export interface StoredMessage {
  readonly subject: string;
  readonly id: string;
  readonly traceparent: string;
  readonly body: {
    readonly id: string;
    readonly type: string;
    readonly data: Readonly<Record<string, unknown>>;
  };
}

/** Returns all messages of a stream, in order. */
export async function readStream({ port, user }: Nats, stream: string): Promise<readonly StoredMessage[]> {
  const connection = await NatsConnectionImpl.connect({
    servers: [`127.0.0.1:${port}`],
    ...(user !== undefined && { user: user.name, pass: user.password }),
  });
  try {
    const manager = await jetstreamManager(connection);
    const { state } = await manager.streams.info(stream);
    const stored: StoredMessage[] = [];
    for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
      const message = await manager.streams.getMessage(stream, { seq });
      if (message === null) continue;
      stored.push({
        subject: message.subject,
        id: message.header.get("Nats-Msg-Id"),
        traceparent: message.header.get("traceparent"),
        body: message.json(),
      });
    }
    return stored;
  } finally {
    await connection.close();
  }
}
