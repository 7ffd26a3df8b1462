import type { Broker } from "../../broker/broker.ts";
import type { WebhookConfig } from "../../events_config.ts";
import type { ConnectionPool } from "@archway/db/db.ts";
import type { Logger } from "@archway/server/logger.ts";
import { messageId } from "../../outbox/message_id.ts";
import { EVENT_COLUMNS, eventOfRow, type EventRow } from "../../outbox/outgoing_event.ts";
import { mergeCatalogs } from "../../merge_catalogs.ts";
import { EncryptionKeyRing } from "@archway/service_kit/signing.ts";
import { openEventDatabase } from "../../testing/event_databases.ts";
import { testCatalog } from "../../testing/test_catalog.ts";
import { newSigningSecret } from "../../webhooks/delivery/signing_secret.ts";
import { addEndpoint, type TestEndpoint } from "../../webhooks/testing/add_endpoint.ts";
import { WebhookReceiver } from "../../webhooks/testing/webhook_receiver.ts";
import { UNOBSERVED } from "../work_observer.ts";
import { EventWorker } from "../event_worker.ts";
import type { EventWorkerOptions } from "../event_worker_options.ts";

/** Options of a worker in a test. */
export interface HarnessWorkerOptions extends Partial<Omit<EventWorkerOptions, "pool" | "config">> {
  readonly broker?: Broker;
  readonly webhooks?: Partial<WebhookConfig>;
  readonly pollMs?: number;
  readonly concurrency?: number;
}

/** A logged line. */
export interface LoggedLine {
  readonly level: "info" | "warn" | "error";
  readonly message: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Test harness of event workers: a database with the tables of events, receivers and workers. */
export class WorkerHarness implements AsyncDisposable {
  readonly secrets = new EncryptionKeyRing(["a secret of more than 32 bytes for a test"], "webhook secret");
  readonly lines: LoggedLine[] = [];
  readonly #stack = new AsyncDisposableStack();

  /** @param pool A database with the tables, which outlives the harness. */
  constructor(readonly pool: ConnectionPool) {}

  /** Opens a harness with a database of its own. @param name @default "PostgreSQL" */
  static async open(name?: string): Promise<WorkerHarness> {
    const database = await openEventDatabase(name);
    const harness = new WorkerHarness(database.pool);
    harness.#stack.use(database);
    return harness;
  }

  /** Starts a worker, which is disposed of with the harness or before. */
  startWorker(
    { webhooks, pollMs = 20, concurrency = 8, ...options }: HarnessWorkerOptions = {},
  ): EventWorker {
    const worker = new EventWorker({
      pool: this.pool,
      secrets: this.secrets,
      broker: undefined,
      ...mergeCatalogs([testCatalog()]),
      observer: UNOBSERVED,
      graceMs: 10_000,
      // The longest delays: a retry does not happen unless the test makes it due.
      random: () => 1,
      logger: this.#logger(),
      ...options,
      config: {
        inline: true,
        pollMs,
        concurrency,
        nats: undefined,
        webhooks: { allowPrivate: true, timeoutMs: 10_000, retentionMs: 3_600_000, ...webhooks },
      },
    });
    worker.start();
    return this.#stack.use(worker);
  }

  /** Starts a receiver and stores an endpoint with its URL. */
  async addReceiver(options: Partial<TestEndpoint> = {}): Promise<{
    readonly receiver: WebhookReceiver;
    readonly endpointId: string;
  }> {
    const secret = newSigningSecret();
    const receiver = this.#stack.use(new WebhookReceiver(secret));
    const endpointId = await addEndpoint(this.pool, this.secrets, { url: receiver.url, secret, ...options });
    return { receiver, endpointId };
  }

  /** Returns all deliveries, by endpoint and in the order of their events. */
  async deliveries(): Promise<readonly DeliveryRow[]> {
    const { rows } = await this.pool.writer().query<DeliveryRow>(
      `select position, stream, state, attempts, last_status, last_error from webhook_deliveries
        order by endpoint_id, position`,
    );
    return rows;
  }

  /** Returns the message ids of the events at positions. */
  async ids(positions: readonly bigint[]): Promise<readonly string[]> {
    const { rows } = await this.pool.writer().query<EventRow>(
      `select ${EVENT_COLUMNS} from unnest($1::int8[]) with ordinality as p (position, place)
        join events as e using (position) order by p.place`,
      [positions],
    );
    return rows.map((row) => messageId(eventOfRow(row)));
  }

  /** Resolves when every delivery is settled and the outbox is empty. */
  async untilSettled(): Promise<void> {
    const waiting = `select (select count(*) from outbox) + (select count(*) from webhook_lanes) as waiting`;
    while ((await this.pool.writer().query<{ waiting: bigint }>(waiting)).rows[0]?.waiting !== 0n) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }

  #logger(): Logger {
    const at = (level: LoggedLine["level"]): Logger["info"] => (message, properties = {}) =>
      void this.lines.push({ level, message, properties });
    return { info: at("info"), warn: at("warn"), error: at("error") };
  }
}

/** Columns of a delivery that tests check. */
export interface DeliveryRow {
  readonly position: bigint;
  readonly stream: string;
  readonly state: string;
  readonly attempts: number;
  readonly last_status: number | null;
  readonly last_error: string | null;
}
