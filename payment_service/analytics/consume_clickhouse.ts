import { AckPolicy, DeliverPolicy, jetstream, jetstreamManager, type JsMsg } from "@nats-io/jetstream";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { connectNats, type NatsServers } from "@archway/events/connect_nats.ts";
import { type ClickhouseTarget, send } from "./load_clickhouse.ts";
import { type PaymentRow, paymentRow } from "./payment_row.ts";

/** Options of {@link consumeClickhouse}. */
export interface ConsumeOptions {
  readonly nats: NatsServers;
  readonly clickhouse: ClickhouseTarget;
  /** Stream that events are published to. @default {"archway"} */
  readonly stream?: string;
  /** Maximum number of messages of an insert. @default {10_000} */
  readonly batch?: number;
  /** Time after which a message that is not acknowledged is delivered again, in milliseconds. @default {60_000} */
  readonly ackWaitMs?: number;
  /** Ends the consumer after the current batch. */
  readonly signal: AbortSignal;
}

/** Name of the consumer, whose position the server stores. */
const DURABLE = "clickhouse";

/** Subjects of payments. The consumer also gets the others, as several filters need NATS 2.10. */
const SUBJECTS = ["archway.deposit.settled", "archway.payment.settled", "archway.payment.refunded"];

/** Time to wait for a batch to become full, in milliseconds. */
const GATHER_MS = 1_000;

const RETRY_MS = 1_000;

const NANOSECONDS = 1_000_000;

/** Rows of one message id are one. Messages that are no rows are in the other table. */
const TABLES = [
  `create table if not exists payment_events (
    message_id String, type LowCardinality(String), recorded_at DateTime64(6, 'UTC'), payment_id Nullable(UUID),
    refund_id Nullable(UUID), payer_account_id Nullable(UUID), payee_account_id UUID,
    currency LowCardinality(String), amount Decimal(38, 4)
  ) engine = ReplacingMergeTree order by message_id`,
  `create table if not exists rejected_messages (
    message_id String, subject String, body String, reason String
  ) engine = ReplacingMergeTree order by message_id`,
];

/** Message with the row that it stands for, or the reason why it is none. */
interface Received {
  readonly message: JsMsg;
  readonly id: string;
  readonly row: PaymentRow | undefined;
  readonly reason: string;
}

/**
 * Inserts payments that NATS JetStream delivers into ClickHouse, until the signal aborts. A message is acknowledged after
 * its row was inserted: one of a consumer that was killed in between is delivered again, and its row replaces the first.
 * Messages that are no rows, and rows that ClickHouse refuses, are stored beside with the reason, and do not block others.
 *
 * @throws {Error} if the connection to NATS is lost; start it again.
 */
export async function consumeClickhouse(options: ConsumeOptions): Promise<void> {
  const { nats, clickhouse, stream = "archway", batch = 10_000, ackWaitMs = 60_000, signal } = options;
  for (const statement of TABLES) await send(clickhouse, statement);
  const connection = await connectNats(nats, { name: "archway clickhouse", timeoutMs: 10_000 });
  try {
    const manager = await jetstreamManager(connection);
    await manager.consumers.add(stream, {
      ...{ durable_name: DURABLE, ack_policy: AckPolicy.Explicit, deliver_policy: DeliverPolicy.All },
      ...{ ack_wait: ackWaitMs * NANOSECONDS, max_ack_pending: 2 * batch },
    });
    const consumer = await jetstream(connection).consumers.get(stream, DURABLE);
    while (!signal.aborted) {
      const messages = await consumer.fetch({ max_messages: batch, expires: GATHER_MS });
      const delivered = await Array.fromAsync(messages);
      if (connection.isClosed()) throw new Error("The connection to NATS was lost");
      const received = delivered.filter(({ subject }) => SUBJECTS.includes(subject)).map(receive);
      await insert(clickhouse, received, signal);
      for (const message of delivered) message.ack();
      await connection.flush();
    }
  } finally {
    await connection.close();
  }
}

function receive(message: JsMsg): Received {
  // Messages of other publishers may have no id.
  const id = message.headers?.get("Nats-Msg-Id") || `sequence ${message.seq}`;
  try {
    return { message, id, row: paymentRow(id, JSON.parse(message.string())), reason: "" };
  } catch (error) {
    const reason = error instanceof Error ? error.message : "unknown error";
    return { message, id, row: undefined, reason };
  }
}

/** Inserts a batch, again while ClickHouse is unavailable. */
async function insert(
  target: ClickhouseTarget,
  received: readonly Received[],
  signal: AbortSignal,
): Promise<void> {
  const rows = received.flatMap(({ row }) => row ?? []);
  try {
    if (rows.length > 0) await insertRows(target, { table: "payment_events", rows });
    const rejected = received.filter(({ row }) => row === undefined);
    if (rejected.length > 0) {
      await insertRows(target, { table: "rejected_messages", rows: rejected.map(toJson) });
    }
  } catch (error) {
    signal.throwIfAborted();
    const reason = error instanceof Error ? error.message : "unknown error";
    if (!isRefusal(reason)) {
      await setTimeout(RETRY_MS, undefined, { signal });
      // Their time starts again.
      for (const { message } of received) message.working();
      return await insert(target, received, signal);
    }
    const [only, ...others] = received;
    if (only === undefined) return;
    if (others.length === 0) return await insert(target, [{ ...only, row: undefined, reason }], signal);
    const half = received.length >> 1;
    await insert(target, received.slice(0, half), signal);
    await insert(target, received.slice(half), signal);
  }
}

/** Whether ClickHouse refuses a value: errors of parsing, of types and of ranges. */
function isRefusal(reason: string): boolean {
  const [, code = ""] = /Code: (\d+)/.exec(reason) ?? [];
  return ["6", "26", "27", "38", "41", "53", "69", "70", "72", "117", "131", "376", "407"].includes(code);
}

function toJson({ message, id, reason }: Received): object {
  return { message_id: id, subject: message.subject, body: message.string(), reason };
}

async function insertRows(
  target: ClickhouseTarget,
  { table, rows }: { readonly table: string; readonly rows: readonly object[] },
): Promise<void> {
  const text = rows.map((row) => JSON.stringify(row)).join("\n");
  await send(target, `insert into ${table} format JSONEachRow`, new TextEncoder().encode(text));
}

/** Consumes until a signal stops it: `--nats localhost:4222 --clickhouse http://localhost:8123`. */
async function main(args: readonly string[]): Promise<void> {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { nats: text, clickhouse: text, batch: text, "ack-wait-ms": text },
  });
  const stopping = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => stopping.abort());
  }
  const [batch, ackWaitMs] = [values.batch, values["ack-wait-ms"]];
  await consumeClickhouse({
    nats: { servers: [values.nats ?? "127.0.0.1:4222"], tls: undefined },
    clickhouse: { url: values.clickhouse ?? "http://127.0.0.1:8123" },
    ...(batch !== undefined && { batch: Number(batch) }),
    ...(ackWaitMs !== undefined && { ackWaitMs: Number(ackWaitMs) }),
    signal: stopping.signal,
  });
}

if (import.meta.main) await main(Deno.args);
