import { context, type Span, SpanKind, SpanStatusCode, trace, TraceFlags } from "@opentelemetry/api";
import {
  type DatabaseObserver,
  type Observation,
  type ObservedServer,
  UNOBSERVED,
} from "@archway/db/database_observer.ts";
import { DatabaseError } from "@archway/db/errors.ts";
import { SCOPE } from "./is_tracing.ts";
import { summarizeStatement } from "@archway/db/summarize_statement.ts";

/**
 * Returns an observer that records a span for every statement and transaction of a recorded request (OpenTelemetry,
 * "Semantic conventions for PostgreSQL client calls"). Spans contain the text of a statement, never its parameters.
 * Statements outside of requests, such as probes of replicas, have none.
 */
export function traceDatabase(): DatabaseObserver {
  const tracer = trace.getTracer(SCOPE);
  return {
    statement(text, instance): Observation | undefined {
      if (!isRecorded()) return undefined;
      const { operation, collection, name } = summarizeStatement(text);
      const span = tracer.startSpan(name, {
        kind: SpanKind.CLIENT,
        attributes: {
          "db.system.name": "postgresql",
          "db.operation.name": operation,
          "db.query.summary": name,
          "db.query.text": text,
          "archway.db.instance": instance,
          ...(collection !== undefined && { "db.collection.name": collection }),
        },
      });
      return new SpanObservation(span);
    },
    async transaction<T>(instance: string, run: (observation: Observation) => Promise<T>): Promise<T> {
      if (!isRecorded()) return await run(UNOBSERVED);
      const attributes = { "db.system.name": "postgresql", "archway.db.instance": instance };
      const span = tracer.startSpan("transaction", { kind: SpanKind.CLIENT, attributes });
      const observation = new SpanObservation(span, { isTransaction: true });
      return await context.with(trace.setSpan(context.active(), span), () => run(observation));
    },
  };
}

/** Whether the active span is recorded. */
function isRecorded(): boolean {
  const parent = trace.getActiveSpan();
  return parent !== undefined && (parent.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;
}

class SpanObservation implements Observation {
  readonly #span: Span;
  readonly #isTransaction: boolean;
  readonly #begun = performance.now();

  constructor(span: Span, { isTransaction = false }: { readonly isTransaction?: boolean } = {}) {
    this.#span = span;
    this.#isTransaction = isTransaction;
  }

  connected({ host, port, database }: ObservedServer): void {
    this.#span.setAttributes({
      "db.namespace": database,
      "server.address": host,
      "archway.db.wait_ms": Math.round((performance.now() - this.#begun) * 1000) / 1000,
      ...(host.startsWith("/") ? { "network.transport": "unix" } : { "server.port": port }),
    });
  }

  ended({ rows, error }: { readonly rows?: number; readonly error?: unknown }): void {
    const span = this.#span;
    if (rows !== undefined) span.setAttribute("db.response.returned_rows", rows);
    if (this.#isTransaction) {
      span.setAttribute("archway.db.outcome", error === undefined ? "commit" : "rollback");
    }
    if (error instanceof DatabaseError) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      span.setAttribute("error.type", error.code);
      if (error.sqlState !== undefined) span.setAttribute("db.response.status_code", error.sqlState);
    }
    span.end();
  }
}
