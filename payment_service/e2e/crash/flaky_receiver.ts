import type { ConnectionPool } from "@archway/db/db.ts";
import { messageId } from "@archway/events/outbox/message_id.ts";
import { EVENT_COLUMNS, eventOfRow, type EventRow } from "@archway/events/outbox/outgoing_event.ts";
import { PAYMENT_CATALOG } from "../../events/payment_catalog.ts";
import { call } from "../../testing/payment_calls.ts";
import { WebhookReceiver } from "@archway/events/webhooks/testing/webhook_receiver.ts";

/** Options for {@link FlakyReceiver.open}. */
export interface FlakyReceiverOptions {
  /** URL of the program. */
  readonly url: string;
  /** Returns a random number from 0 to 1. */
  readonly random: () => number;
}

/** Position of the last event before the webhook was registered. */
const LAST_BEFORE = "select coalesce(max(position), 0) as position from events";

// Settlement accounts have no owner, so their events are not delivered.
const EXPECTED = `select ${EVENT_COLUMNS} from events as e
  where position > $1 and not (type = 'account.opened' and data -> 'profileId' = 'null'::jsonb) order by position`;

const WAITING = `select (select count(*) from outbox) as outbox,
  (select count(*) from webhook_deliveries where state = 'pending') as pending`;

// Skips the backoff of failed attempts and the leases of killed processes.
const HURRY = "update webhook_lanes set due_at = now() where due_at > now()";
const HURRY_EVERY_MS = 3_000;

/** Time limit for the next delivery after the last kill, in milliseconds. All of them take long on a busy machine. */
const DELIVERY_TIMEOUT_MS = 90_000;

/** Webhook receiver that fails at random and records its deliveries. */
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
    // Listens before the webhook is registered; its secret is known only afterwards.
    const receiver = stack.use(new WebhookReceiver(""));
    const body = { url: receiver.url, eventTypes: Object.keys(PAYMENT_CATALOG.types) };
    const { status, text } = await call(url, "POST /v1/webhooks", { body });
    if (status !== 201) throw new Error(`Registering the webhook failed: ${status} ${text}`);
    const { data }: { readonly data: { readonly secret: string } } = JSON.parse(text);
    receiver.secret = data.secret;
    receiver.respond = () => random() < 0.02 ? 500 : 200;
    const { rows: [last] } = await pool.writer().query<{ position: bigint }>(LAST_BEFORE);
    stack.move();
    return new FlakyReceiver(pool, receiver, last?.position ?? 0n);
  }

  /** Resolves when all events are delivered; rejects if none is for a time. */
  async untilDelivered(): Promise<void> {
    let [start, least] = [performance.now(), Infinity];
    for (let turn = 0; true; turn++) {
      const { rows: [left] } = await this.#pool.writer().query<{ outbox: bigint; pending: bigint }>(WAITING);
      if (left?.outbox === 0n && left.pending === 0n) return;
      // An event in the outbox becomes a delivery at most.
      const steps = 2 * Number(left?.outbox) + Number(left?.pending);
      if (steps < least) [start, least] = [performance.now(), steps];
      if (performance.now() - start > DELIVERY_TIMEOUT_MS) {
        throw new Error(
          `Timed out waiting for deliveries: ${left?.outbox} in the outbox, ${left?.pending} pending`,
        );
      }
      if (turn % (HURRY_EVERY_MS / 100) === 0) await this.#pool.writer().query(HURRY);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** Returns missing, unexpected, changed and misordered deliveries. Repeated deliveries are allowed. */
  async violations(): Promise<readonly string[]> {
    const { rows } = await this.#pool.writer().query<EventRow>(EXPECTED, [this.#since]);
    const violations = [...this.#receiver.complaints];
    const delivered = new Map<string, string>();
    for (const { webhookId, id } of this.#receiver.received) {
      const before = delivered.get(webhookId);
      if (before === undefined) delivered.set(webhookId, id);
      else if (before !== id) violations.push(`${webhookId} is ${before} and ${id}`);
    }
    const expected = new Map(
      rows.map(eventOfRow).map((event) => [messageId(event), `${event.stream}@${event.version}`]),
    );
    for (const [webhookId, id] of expected) {
      const actual = delivered.get(webhookId);
      if (actual !== id) violations.push(`${webhookId} was delivered as ${actual} instead of ${id}`);
    }
    for (const webhookId of delivered.keys()) {
      if (!expected.has(webhookId)) violations.push(`${webhookId} was delivered without an event`);
    }
    return [...violations, ...outOfOrder([...delivered.values()])];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#receiver[Symbol.asyncDispose]();
  }
}

/** Returns events that were delivered after later events of their streams. */
function outOfOrder(ids: readonly string[]): readonly string[] {
  const last = new Map<string, number>();
  const late: string[] = [];
  for (const id of ids) {
    const at = id.lastIndexOf("@");
    const [stream, version] = [id.slice(0, at), Number(id.slice(at + 1))];
    if (version < (last.get(stream) ?? 0)) late.push(`${id} was delivered out of order`);
    last.set(stream, version);
  }
  return late;
}

async function untilEmpty(pool: ConnectionPool): Promise<void> {
  while ((await pool.writer().query("select from outbox limit 1")).rowCount > 0) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
