/** Exported span. */
export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the root span of a trace. */
  readonly parentSpanId: string;
  readonly name: string;
  /** 2 for a server, 3 for a client (OpenTelemetry, trace.proto). */
  readonly kind: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  /** 2 for an error. */
  readonly statusCode: number;
  /** Instrumentation scope: "deno" or "archway". */
  readonly scope: string;
}

/** Last exported series of a metric. */
export interface CollectedSeries {
  readonly name: string;
  readonly scope: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: number;
  readonly attributes: readonly Attribute[];
  readonly links: CollectedSpan["links"];
  readonly status?: { readonly code?: number };
}

interface OtlpPoints {
  readonly dataPoints: readonly { readonly attributes: readonly Attribute[] }[];
}

interface OtlpMetric {
  readonly name: string;
  readonly gauge?: OtlpPoints;
  readonly sum?: OtlpPoints;
  readonly histogram?: OtlpPoints;
}

interface Scoped {
  readonly scope: { readonly name: string };
}

interface OtlpBody {
  readonly resourceSpans?: readonly {
    readonly scopeSpans: readonly (Scoped & { readonly spans: readonly OtlpSpan[] })[];
  }[];
  readonly resourceMetrics?: readonly {
    readonly scopeMetrics: readonly (Scoped & { readonly metrics: readonly OtlpMetric[] })[];
  }[];
}

/** Receiver of OTLP exports over HTTP in JSON (OpenTelemetry, "OTLP Specification"). */
export class OtlpCollector implements AsyncDisposable {
  /** Everything received, unparsed. */
  text = "";
  readonly spans: CollectedSpan[] = [];
  readonly series = new Map<string, CollectedSeries>();
  readonly #server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen(): void {} },
    (request) => this.#receive(request),
  );

  /** Variables that make a program export to it at short intervals. */
  get environment(): Readonly<Record<string, string>> {
    return {
      OTEL_DENO: "true",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${this.#server.addr.port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_METRIC_EXPORT_INTERVAL: "200",
      OTEL_TRACES_SAMPLER: "parentbased_always_on",
    };
  }

  /** Returns the spans of a trace. */
  traced(traceId: string): readonly CollectedSpan[] {
    return this.spans.filter((span) => span.traceId === traceId);
  }

  /** Waits for a series that satisfies the condition; rejects on timeout. */
  async until(is: (series: CollectedSeries) => boolean): Promise<void> {
    for (let tries = 0; tries < 500; tries++) {
      if ([...this.series.values()].some(is)) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error("Timed out waiting for the series");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  async #receive(request: Request): Promise<Response> {
    const text = await request.text();
    this.text += text;
    const { resourceSpans = [], resourceMetrics = [] }: OtlpBody = JSON.parse(text);
    for (const { scope, spans } of resourceSpans.flatMap(({ scopeSpans }) => scopeSpans)) {
      for (const { status, attributes, ...span } of spans) {
        const statusCode = status?.code ?? 0;
        this.spans.push({ ...span, statusCode, attributes: valuesOf(attributes), scope: scope.name });
      }
    }
    for (const { scope, metrics } of resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics)) {
      for (const { name, gauge, sum, histogram } of metrics) {
        for (const point of (gauge ?? sum ?? histogram)?.dataPoints ?? []) {
          const attributes = valuesOf(point.attributes);
          const series = { name, scope: scope.name, attributes };
          this.series.set(JSON.stringify([name, scope.name, Object.entries(attributes).toSorted()]), series);
        }
      }
    }
    return Response.json({});
  }
}

function valuesOf(attributes: readonly Attribute[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
