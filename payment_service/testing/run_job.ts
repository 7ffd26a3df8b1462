import type { ConnectionPool } from "@archway/db/db.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import { mountOnPool } from "@archway/tools/support/service_server.ts";
import { PAYMENT_SERVICES } from "./payment_program.ts";

/** Runs a job of payments of a kind once, in this process. */
export async function runJob(
  pool: ConnectionPool,
  kind: string,
  { payload = {}, now, signal = new AbortController().signal }: {
    readonly payload?: unknown;
    readonly now?: () => Timestamp;
    readonly signal?: AbortSignal;
  } = {},
): Promise<void> {
  const { services } = mountOnPool(pool, { services: PAYMENT_SERVICES, now });
  const handler = services.flatMap(({ jobs = [] }) => jobs).find(({ job }) => job.kind === kind);
  if (handler === undefined) throw new Error(`No handler of ${kind}`);
  const context = {
    id: crypto.randomUUID(),
    kind,
    attempt: 1,
    enqueuedAt: "",
    traceparent: undefined,
    signal,
  };
  await handler.run(payload, context);
}
