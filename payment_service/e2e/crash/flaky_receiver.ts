import type { ConnectionPool } from "@archway/db/db.ts";
import { messageId } from "@archway/events/outbox/message_id.ts";
import { EVENT_COLUMNS, eventOfRow, type EventRow } from "@archway/events/outbox/outgoing_event.ts";
import { PAYMENT_CATALOG } from "../../events/payment_catalog.ts";
import { call } from "../../testing/payment_calls.ts";
import { WebhookReceiver } from "@archway/events/webhooks/testing/webhook_receiver.ts";

/** How the receiver comes to be told. */
export interface FlakyReceiverOptions {
  /** Where the program listens. */
  readonly url: string;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** Since when events are for the receiver: those before had nobody to be told to. */
const LAST_BEFORE = "select coalesce(max(position), 0) as position from events";

// Settlement accounts are nobody's.
const TOLD = `select ${EVENT_COLUMNS} from events as e
  where position > $1 and not (type = 'account.opened' and data -> 'profileId' = 'null'::jsonb) order by position`;

const WAITING = `select (select count(*) from outbox) as outbox,
  (select count(*) from webhook_deliveries where state = 'pending') as pending`;

// Nobody waits as long as it would be: until an attempt would be repeated, or a lane of a program that was killed is
// anybody's again.
const HURRY = "update webhook_lanes set due_at = now() where due_at > now()";
const HURRY_EVERY_MS = 3_000;

/** How long all deliveries may take after the storm, in milliseconds. */
const CONNECT_TIMEOUT_MS = 90_000;

/** A webhook's receiver that has failures of its own and notes what it is told. */
export class FlakyReceiver implements AsyncDisposable {
  readonly #pool: ConnectionPool;
  readonly #receiver: WebhookReceiver;
  readonly #since: bigint;

  private constructor(pool: ConnectionPool, receiver: WebhookReceiver, since: bigint) {
    this.#pool = pool;
    this.#receiver = receiver;
    this.#since = since;
  }

  static async open(
    pool: ConnectionPool,
    { url, random }: FlakyReceiverOptions,
  ): Promise<FlakyReceiver> {
    await untilEmpty(pool);
    await using stack = new AsyncDisposableStack();
    // It listens before anybody is told where, and has nothing to check until then.
    const receiver = stack.use(new WebhookReceiver(""));
    const body = { url: receiver.url, eventTypes: Object.keys(PAYMENT_CATALOG.types) };
    const { status, text } = await call(url, "POST /v1/webhooks", { body });
    if (status !== 201) throw new Error(`Making a webhook failed: ${status} ${text}`);
    const { data }: { readonly data: { readonly secret: string } } = JSON.parse(text);
    receiver.secret = data.secret;
    receiver.respond = () => random() < 0.02 ? 500 : 200;
    const { rows: [last] } = await pool.writer().query<{ position: bigint }>(LAST_BEFORE);
    stack.move();
    return new FlakyReceiver(pool, receiver, last?.position ?? 0n);
  }

  /** Resolves when it was told everything; rejects when that takes too long. */
  async untilDelivered(): Promise<void> {
    const start = performance.now();
    for (let turn = 0; true; turn++) {
      const { rows: [left] } = await this.#pool.writer().query<{ outbox: bigint; pending: bigint }>(WAITING);
      if (left?.outbox === 0n && left.pending === 0n) return;
      if (performance.now() - start > CONNECT_TIMEOUT_MS) {
        throw new Error(
          `Events were not told in time: ${left?.outbox} in the outbox, ${left?.pending} pending`,
        );
      }
      if (turn % (HURRY_EVERY_MS / 100) === 0) await this.#pool.writer().query(HURRY);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** What is wrong with what it was told: every event, each stream in its order, once without what came again. */
  async faults(): Promise<readonly string[]> {
    const { rows } = await this.#pool.writer().query<EventRow>(TOLD, [this.#since]);
    const faults = [...this.#receiver.complaints];
    const told = new Map<string, string>();
    for (const { webhookId, id } of this.#receiver.received) {
      const before = told.get(webhookId);
      if (before === undefined) told.set(webhookId, id);
      else if (before !== id) faults.push(`${webhookId} is ${before} and ${id}`);
    }
    const wanted = new Map(
      rows.map(eventOfRow).map((event) => [messageId(event), `${event.stream}@${event.version}`]),
    );
    for (const [webhookId, id] of wanted) {
      if (told.get(webhookId) !== id) faults.push(`${webhookId} was told as ${told.get(webhookId)}`);
    }
    for (const webhookId of told.keys()) {
      if (!wanted.has(webhookId)) faults.push(`${webhookId} was told and has not happened`);
    }
    return [...faults, ...outOfOrder([...told.values()])];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#receiver[Symbol.asyncDispose]();
  }
}

/** Streams of which a later event was told before an earlier one. */
function outOfOrder(ids: readonly string[]): readonly string[] {
  const last = new Map<string, number>();
  const faults: string[] = [];
  for (const id of ids) {
    const at = id.lastIndexOf("@");
    const [stream, version] = [id.slice(0, at), Number(id.slice(at + 1))];
    if (version < (last.get(stream) ?? 0)) faults.push(`${id} was told too late`);
    last.set(stream, version);
  }
  return faults;
}

async function untilEmpty(pool: ConnectionPool): Promise<void> {
  while ((await pool.writer().query("select from outbox limit 1")).rowCount > 0) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
