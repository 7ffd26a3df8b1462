import { type Attributes, SpanKind } from "@opentelemetry/api";
import {
  type DatabaseObserver,
  type Observation,
  type ObservedOutcome,
  type ObservedServer,
  UNOBSERVED,
} from "@archway/db/database_observer.ts";
import { DatabaseError } from "@archway/db/errors.ts";
import { summarizeStatement } from "@archway/db/summarize_statement.ts";
import { activeSpan, activeTrace } from "./tracing/active_trace.ts";
import type { RecordedSpan } from "./tracing/recorded_span.ts";

/**
 * Returns an observer that records a span for every statement and transaction of a recorded request (OpenTelemetry,
 * "Semantic conventions for PostgreSQL client calls"). Spans contain the text of a statement, never its parameters.
 * Statements outside of requests, such as probes of replicas, have none.
 */
export function traceDatabase(): DatabaseObserver {
  return {
    statement(text, instance): Observation | undefined {
      const parent = activeSpan();
      if (parent === undefined) return undefined;
      return new SpanObservation(parent.child(SpanKind.CLIENT), { instance, text });
    },
    transaction<T>(instance: string, run: (observation: Observation) => Promise<T>): Promise<T> {
      const parent = activeSpan();
      if (parent === undefined) return run(UNOBSERVED);
      const span = parent.child(SpanKind.CLIENT);
      return activeTrace.run(span, run, new SpanObservation(span, { instance }));
    },
  };
}

interface Observed {
  readonly instance: string;
  /** Undefined for a transaction. */
  readonly text?: string;
}

class SpanObservation implements Observation {
  readonly #span: RecordedSpan;
  readonly #observed: Observed;
  #server: ObservedServer | undefined;
  #waitMs = 0;

  constructor(span: RecordedSpan, observed: Observed) {
    this.#span = span;
    this.#observed = observed;
  }

  connected(server: ObservedServer): void {
    this.#server = server;
    this.#waitMs = performance.now() - this.#span.startMs;
  }

  ended({ rows, error }: ObservedOutcome): void {
    const { instance, text } = this.#observed;
    const attributes: Attributes = { "db.system.name": "postgresql", "archway.db.instance": instance };
    let name = "transaction";
    if (text === undefined) attributes["archway.db.outcome"] = error === undefined ? "commit" : "rollback";
    else {
      const summary = summarizeStatement(text);
      name = summary.name;
      attributes["db.operation.name"] = summary.operation;
      attributes["db.query.summary"] = name;
      attributes["db.query.text"] = text;
      if (summary.collection !== undefined) attributes["db.collection.name"] = summary.collection;
    }
    if (this.#server !== undefined) this.#describe(this.#server, attributes);
    if (rows !== undefined) attributes["db.response.returned_rows"] = rows;
    if (!(error instanceof DatabaseError)) return this.#span.end(name, attributes);
    if (error.sqlState !== undefined) attributes["db.response.status_code"] = error.sqlState;
    this.#span.end(name, attributes, error.code);
  }

  #describe({ host, port, database }: ObservedServer, attributes: Attributes): void {
    attributes["db.namespace"] = database;
    attributes["server.address"] = host;
    if (host.startsWith("/")) attributes["network.transport"] = "unix";
    else attributes["server.port"] = port;
    attributes["archway.db.wait_ms"] = Math.round(this.#waitMs * 1000) / 1000;
  }
}
