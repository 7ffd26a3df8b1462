import { SetupError } from "@archway/conformance/client.ts";
import { itemOf } from "@archway/conformance/derived/subjects.ts";
import {
  type HistorySession,
  type OpenWorkload,
  tokenHeader,
  type Workload,
} from "@archway/conformance/history/workload.ts";
import { isArray, isObject, type JsonObject, member, textMember } from "@archway/service_kit/json_value.ts";
import { acceptedTotals, checkWebhooks } from "./check_webhooks.ts";
import { ownerOf } from "./test_accounts.ts";
import { minorUnits } from "./transfer_history.ts";
import { WebhookInbox } from "./webhook_inbox.ts";

const EVENT_TYPES = ["payment.settled", "payment.refunded"];
/** Maximum number of payments before the run, in pages of 200. */
const MAX_PAGES = 50;
const POLL_MS = 300;

/** Options of {@link webhookWorkload}. */
export interface WebhookWorkloadOptions {
  /** Time after which what was not delivered is lost, in milliseconds. @default {180_000} */
  readonly timeoutMs?: number;
}

/**
 * Webhooks for the payments of other workloads, with receivers that fail and are slow at times, and requested retries. It
 * is left out where the program refuses to send to this machine.
 */
export function webhookWorkload({ timeoutMs = 180_000 }: WebhookWorkloadOptions = {}): Workload {
  return {
    name: "webhooks",
    async open(session): Promise<WebhookClient> {
      const client = new WebhookClient(timeoutMs);
      await client.webhookOf(session);
      return client;
    },
    check: checkWebhooks,
  };
}

/** Webhook of an owner. */
interface OwnWebhook {
  readonly path: string;
  readonly inbox: WebhookInbox;
  /** Payments that were made before it. */
  readonly before: ReadonlySet<string>;
}

class WebhookClient implements OpenWorkload {
  readonly #timeoutMs: number;
  readonly #webhooks = new Map<string, Promise<OwnWebhook>>();

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** Returns the webhook of the client's owner. @throws {SetupError} if it could not be created. */
  webhookOf(session: HistorySession): Promise<OwnWebhook> {
    const owner = ownerOf(session);
    const webhook = this.#webhooks.get(owner) ?? openWebhook(session);
    this.#webhooks.set(owner, webhook);
    webhook.catch(() => this.#webhooks.delete(owner));
    return webhook;
  }

  /** Changes how the receiver responds, or requests the retry of a delivery. */
  async step(session: HistorySession): Promise<void> {
    const webhook = await this.webhookOf(session).catch(() => undefined);
    if (webhook === undefined) return;
    const { inbox, path } = webhook;
    if (session.random() < 0.5) {
      inbox.failing = session.pick([0, 0, 0.3, 1]) ?? 0;
      inbox.delayMs = session.pick([0, 0, 20, 300]) ?? 0;
      return;
    }
    const { body } = await session.send({ path: `${path}/deliveries?limit=20` });
    const delivery = session.pick(dataOf(body));
    if (delivery === undefined) return;
    await session.send({
      method: "POST",
      path: `${path}/deliveries/${textMember(delivery, "id")}/retry`,
    });
  }

  async finish(sessions: readonly HistorySession[]): Promise<void> {
    for (const [owner, opened] of this.#webhooks) {
      const webhook = await opened.catch(() => undefined);
      const session = sessions.find((one) => ownerOf(one) === owner);
      if (webhook === undefined || session === undefined) continue;
      await using inbox = webhook.inbox;
      [inbox.failing, inbox.delayMs] = [0, 0];
      await this.#recordDeliveries(session, webhook);
    }
  }

  async remove(sessions: readonly HistorySession[]): Promise<void> {
    for (const [owner, opened] of this.#webhooks) {
      const webhook = await opened.catch(() => undefined);
      const session = sessions.find((one) => ownerOf(one) === owner);
      if (webhook === undefined) continue;
      await session?.send({ method: "DELETE", path: webhook.path, headers: { "If-Match": "*" } });
    }
  }

  /** Waits until the receiver has got what it has to get, or the time is over, and records what it has got. */
  async #recordDeliveries(session: HistorySession, { path, inbox, before }: OwnWebhook): Promise<void> {
    const endMs = performance.now() + this.#timeoutMs;
    const payments = await paymentsOf(session);
    const received = (): readonly JsonObject[] =>
      inbox.receptions.filter(({ payment }) => !before.has(payment)).map((one) => ({ ...one }));
    for (const payment of before) payments.delete(payment);
    for (;;) {
      const totals = acceptedTotals(received());
      const open = [...new Set([...payments.keys(), ...totals.keys()])].filter((id) =>
        payments.get(id) !== totals.get(id)
      );
      if (open.length === 0 || performance.now() > endMs) break;
      await retryFailed(session, path);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      // Requests whose outcome is unknown may have taken effect meanwhile.
      for (const id of open) await readPayment(session, id, payments);
    }
    await session.record({ action: "deliveries", key: path, input: {} }, () =>
      Promise.resolve({
        outcome: "ok",
        output: {
          payments: [...payments].map(([id, refunded]) => ({ id, refunded })),
          receptions: received(),
          invalid: inbox.invalid,
        },
      }));
  }
}

/** @throws {SetupError} if the program does not deliver to this machine. */
async function openWebhook(session: HistorySession): Promise<OwnWebhook> {
  await using stack = new AsyncDisposableStack();
  const inbox = stack.use(new WebhookInbox(() => session.random()));
  const created = await session.send({
    ...{ method: "POST", path: "/v1/webhooks" },
    body: { url: inbox.url, eventTypes: EVENT_TYPES },
  });
  const { id, secret } = itemOf(created.body);
  if (created.status === 422) throw new SetupError("the program refuses to deliver to this machine");
  if (created.status !== 201) throw new SetupError(`POST /v1/webhooks responded ${created.status}`);
  inbox.secret = String(secret);
  const path = `/v1/webhooks/${id}`;
  await session.send({ method: "POST", path: `${path}/test` });
  if (!inbox.isReached) throw new SetupError("the program does not deliver webhooks to this machine");
  const token = created.headers.get("consistency-token") ?? "";
  const before = await paymentsOf(session, token === "" ? {} : { "Consistency-Token": token });
  stack.move();
  return { path, inbox, before: new Set(before.keys()) };
}

/** Returns the refunded amounts of the owner's payments in minor units. @throws {SetupError} if they cannot be read. */
async function paymentsOf(
  session: HistorySession,
  headers = tokenHeader(session.lastToken),
): Promise<Map<string, number>> {
  const payments = new Map<string, number>();
  let path = "/v1/payments?limit=200";
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const { status, body } = await session.send({ path, headers });
    if (status !== 200) {
      // The program may still recover.
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      continue;
    }
    for (const item of dataOf(body)) add(payments, item);
    const after = textMember(member(body, "meta"), "nextCursor");
    if (after === undefined) return payments;
    path = `/v1/payments?limit=200&after=${after}`;
  }
  throw new SetupError("there are too many payments to compare them with deliveries");
}

async function readPayment(
  session: HistorySession,
  id: string,
  payments: Map<string, number>,
): Promise<void> {
  const { status, body } = await session.send({ path: `/v1/payments/${id}` });
  if (status === 200) add(payments, JSON.parse(JSON.stringify(itemOf(body))));
}

function add(payments: Map<string, number>, item: JsonObject): void {
  payments.set(textMember(item, "id") ?? "", minorUnits(member(item["refunded"], "amount")));
}

/** Has deliveries repeated at once that wait after a failure. */
async function retryFailed(session: HistorySession, path: string): Promise<void> {
  let query: string | undefined = "?limit=200";
  for (let pages = 0; query !== undefined && pages < MAX_PAGES; pages++) {
    const { body } = await session.send({ path: `${path}/deliveries${query}` });
    for (const delivery of dataOf(body)) {
      const isFailed = delivery["state"] === "pending" && Number(delivery["attempts"]) > 0;
      if (!isFailed) continue;
      const retry = `${path}/deliveries/${textMember(delivery, "id")}/retry`;
      await session.send({ method: "POST", path: retry });
    }
    const after = textMember(member(body, "meta"), "nextCursor");
    query = after === undefined ? undefined : `?limit=200&after=${after}`;
  }
}

function dataOf(body: Parameters<typeof member>[0]): readonly JsonObject[] {
  const data = member(body, "data");
  return isArray(data) ? data.filter(isObject) : [];
}
