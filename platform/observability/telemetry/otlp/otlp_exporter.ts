import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { OTLPExporterBase } from "@opentelemetry/otlp-exporter-base";
import { createOtlpHttpExportDelegate } from "@opentelemetry/otlp-exporter-base/node-http";
import type { IExporterMetricsHelper, ISerializer } from "@opentelemetry/otlp-transformer";
import type { OtlpReceiver } from "@archway/service_kit/telemetry_export.ts";

/** Encoders of one kind of telemetry. */
export interface Encoding<T> {
  readonly json: ISerializer<T, unknown>;
  readonly protobuf: ISerializer<T, unknown>;
  readonly counts: IExporterMetricsHelper<T>;
}

/** Maximum number of exports at once; batches wait in the queue meanwhile. */
const CONCURRENCY = 8;

/** Exporter to a receiver. Disposing closes its connections, and cancels what is being sent. */
export class OtlpExporter<T extends object> extends OTLPExporterBase<T> implements Disposable {
  readonly #agent: HttpAgent | HttpsAgent;

  constructor({ url, headers, protocol, compression, timeoutMs, tls }: OtlpReceiver, encoding: Encoding<T>) {
    const agent = url.startsWith("https:")
      ? new HttpsAgent({
        keepAlive: true,
        ...(tls.ca !== undefined && { ca: tls.ca }),
        ...(tls.cert !== undefined && { cert: tls.cert }),
        ...(tls.key !== undefined && { key: tls.key }),
      })
      : new HttpAgent({ keepAlive: true });
    const isJson = protocol === "http/json";
    const all = { ...headers, "Content-Type": isJson ? "application/json" : "application/x-protobuf" };
    super(createOtlpHttpExportDelegate(
      {
        url,
        // A copy each time, as the transport adds to it.
        headers: () => Promise.resolve({ ...all }),
        compression,
        timeoutMillis: timeoutMs,
        concurrencyLimit: CONCURRENCY,
        agentFactory: () => agent,
      },
      isJson ? encoding.json : encoding.protobuf,
      "otlp_http_exporter",
      encoding.counts,
      undefined,
    ));
    this.#agent = agent;
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}
