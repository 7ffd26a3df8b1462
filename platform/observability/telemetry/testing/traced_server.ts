import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import { type Logger, SILENT_LOGGER } from "@archway/server/logger.ts";
import type { StrictResponse } from "@archway/server/operation.ts";
import { createServer } from "@archway/server/server.ts";
import { withApi, withObserver } from "@archway/server/server_options.ts";
import { noteApi } from "@archway/server/testing/note_api.ts";
import type { MetricSink } from "@archway/service_kit/metric_sink.ts";
import type { TracesExport } from "@archway/service_kit/telemetry_export.ts";
import { openTracing } from "../open_tracing.ts";

/** Options of {@link openTracedServer}. */
export interface TracedServerOptions {
  /** Base URL of the collector. */
  readonly collector: string;
  readonly database: InstanceConfig;
  /** URL that note 4 fetches. */
  readonly target?: string;
  readonly traces?: Partial<TracesExport>;
  readonly logger?: Logger;
  readonly sink?: MetricSink;
}

/** Returns the options of an export to a collector, with the defaults of the settings. */
export function tracesOptions(collector: string, traces: Partial<TracesExport> = {}): TracesExport {
  return {
    url: `${collector}/v1/traces`,
    headers: {},
    protocol: "http/json",
    compression: "none",
    timeoutMs: 10_000,
    tls: { ca: undefined, cert: undefined, key: undefined },
    sampler: "parentbased_always_on",
    ratio: 1,
    propagators: ["tracecontext", "baggage", "xray"],
    maxQueueSize: 2048,
    maxBatchSize: 512,
    delayMs: 5_000,
    ...traces,
  };
}

/**
 * Server of notes whose requests run statements and transactions, fetch, and import a module on demand, by their id.
 * Disposing exports the spans.
 */
export async function openTracedServer(
  { collector, database, target = "", traces, logger = SILENT_LOGGER, sink }: TracedServerOptions,
): Promise<{ readonly url: string } & AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const tracing = stack.use(
    openTracing(tracesOptions(collector, traces), { resource: { "service.name": "notes" }, logger, sink }),
  );
  const pool = stack.use(openPool({ primary: database, replicas: [], observer: tracing.database }));
  const notes: Readonly<Record<string, () => Promise<unknown>>> = {
    1: () =>
      pool.withTx(async (tx) => {
        await tx.query("SELECT * FROM generate_series(1, $1::int)", [100]);
        await tx.savepoint((inner) => inner.query("SELECT $1::text AS secret", ["planted"]));
      }),
    2: () => pool.withTx((tx) => tx.query("SELECT 1 / $1::int", [0])),
    3: () => Promise.all([1, 2, 3].map((number) => pool.writer().query("SELECT $1::int", [number]))),
    4: async () => await (await fetch(`${target}/planted?planted`)).body?.cancel(),
    5: () => import(`data:text/javascript,export default "${crypto.randomUUID()}"`),
  };

  async function read(
    { path }: { readonly path: Readonly<Record<string, unknown>> },
  ): Promise<StrictResponse> {
    await notes[String(path["id"])]?.();
    return { status: 200, body: { id: 1, text: "done" } };
  }

  const server = stack.use(
    createServer("127.0.0.1", 0, withObserver(tracing.requests), withApi(noteApi(read))),
  );
  const { url } = await server.listen();
  const opened = stack.move();
  return { url, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}
