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
  /** Instrumentation scope. */
  readonly scope: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  /** Attributes of the program that exported it. */
  readonly resource: Readonly<Record<string, unknown>>;
}

/** Last exported series of a metric. */
export interface CollectedSeries {
  readonly name: string;
  readonly scope: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Value of a gauge or sum; undefined for a histogram. */
  readonly value: number | undefined;
}

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly attributes: readonly Attribute[];
  readonly links: CollectedSpan["links"];
  readonly status?: { readonly code?: number };
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
}

interface OtlpPoints {
  readonly dataPoints: readonly {
    readonly attributes: readonly Attribute[];
    readonly asDouble?: number;
    readonly asInt?: number;
  }[];
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
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly (Scoped & { readonly spans: readonly OtlpSpan[] })[];
  }[];
  readonly resourceMetrics?: readonly {
    readonly scopeMetrics: readonly (Scoped & { readonly metrics: readonly OtlpMetric[] })[];
  }[];
}

/** Receiver of OTLP exports over HTTP in JSON (OpenTelemetry, "OTLP Specification"). */
export class OtlpCollector implements AsyncDisposable {
  /** Everything received in JSON, unparsed. */
  text = "";
  /** Everything received in another encoding, by its media type. */
  readonly encoded: (readonly [type: string | null, body: Uint8Array])[] = [];
  /** Headers of the exports. */
  readonly headers: Headers[] = [];
  readonly spans: CollectedSpan[] = [];
  readonly series = new Map<string, CollectedSeries>();
  /** Status of the responses. */
  status = 200;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #origin: string;

  /** Starts to listen, with TLS if there is a certificate for localhost. */
  constructor(tls?: { readonly cert: string; readonly key: string }) {
    this.#origin = tls === undefined ? "http://127.0.0.1" : "https://localhost";
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen(): void {}, ...tls },
      (request) => this.#receive(request),
    );
  }

  get url(): string {
    return `${this.#origin}:${this.#server.addr.port}`;
  }

  /** Variables that make a program export to it at short intervals. */
  get environment(): Readonly<Record<string, string>> {
    return {
      OTEL_EXPORTER_OTLP_ENDPOINT: this.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_METRIC_EXPORT_INTERVAL: "200",
      OTEL_BSP_SCHEDULE_DELAY: "200",
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
    this.headers.push(request.headers);
    const type = request.headers.get("content-type");
    if (type !== "application/json") {
      this.encoded.push([type, await request.bytes()]);
      return new Response(null, { status: this.status });
    }
    const text = await request.text();
    if (this.status !== 200) return new Response(null, { status: this.status });
    this.text += text;
    const { resourceSpans = [], resourceMetrics = [] }: OtlpBody = JSON.parse(text);
    for (const { resource, scopeSpans } of resourceSpans) {
      for (const { scope, spans } of scopeSpans) this.#add(spans, { resource, scope });
    }
    for (const { scope, metrics } of resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics)) {
      for (const { name, gauge, sum, histogram } of metrics) {
        for (const point of (gauge ?? sum ?? histogram)?.dataPoints ?? []) {
          const attributes = valuesOf(point.attributes);
          const value = point.asDouble ?? point.asInt;
          const series = { name, scope: scope.name, attributes, value };
          this.series.set(JSON.stringify([name, scope.name, Object.entries(attributes).toSorted()]), series);
        }
      }
    }
    return Response.json({});
  }

  #add(spans: readonly OtlpSpan[], { resource, scope }: SpanSource): void {
    for (const { status, attributes, parentSpanId = "", ...span } of spans) {
      this.spans.push({
        ...span,
        parentSpanId,
        statusCode: status?.code ?? 0,
        attributes: valuesOf(attributes),
        scope: scope.name,
        resource: valuesOf(resource.attributes),
      });
    }
  }
}

interface SpanSource extends Scoped {
  readonly resource: { readonly attributes: readonly Attribute[] };
}

function valuesOf(attributes: readonly Attribute[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
