import { assertEquals } from "@std/assert";
import type { TelemetryExport } from "@archway/service_kit/telemetry_export.ts";
import { EnvironmentReader } from "./environment_reader.ts";
import { readTelemetryConfig } from "./telemetry_config.ts";

function parse(
  environment: Readonly<Record<string, string>>,
): readonly [TelemetryExport, readonly string[]] {
  const reader = new EnvironmentReader((name) => environment[name]);
  return [readTelemetryConfig(reader), reader.errors.map(({ variable }) => variable)];
}

/** Returns the URLs that traces and metrics are exported to. */
function urls(environment: Readonly<Record<string, string>>): readonly (string | undefined)[] {
  const [{ traces, metrics }, errors] = parse(environment);
  assertEquals(errors, []);
  return [traces?.url, metrics?.url];
}

const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318/base" };
const BOTH = ["http://collector:4318/base/v1/traces", "http://collector:4318/base/v1/metrics"];

Deno.test("readTelemetryConfig() exports what has an endpoint, unless it is switched off", () => {
  assertEquals(urls({}), [undefined, undefined]);
  assertEquals(urls(ENDPOINT), BOTH);
  assertEquals(urls({ ...ENDPOINT, OTEL_SDK_DISABLED: "true" }), [undefined, undefined]);
  assertEquals(urls({ ...ENDPOINT, OTEL_METRICS_EXPORTER: "none" }), [BOTH[0], undefined]);
  assertEquals(urls({ ...ENDPOINT, OTEL_TRACES_EXPORTER: "none" }), [undefined, BOTH[1]]);
  assertEquals(urls({ OTEL_TRACES_EXPORTER: "otlp" }), ["http://127.0.0.1:4318/v1/traces", undefined]);
  assertEquals(urls({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "https://traces/own" }), [
    "https://traces/own",
    undefined,
  ]);
  assertEquals(urls({ ...ENDPOINT, OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "http://metrics/" }), [
    BOTH[0],
    "http://metrics/",
  ]);
});

Deno.test("readTelemetryConfig() reads headers, attributes, sampler and propagators", () => {
  const [{ resource, traces }, errors] = parse({
    ...ENDPOINT,
    OTEL_EXPORTER_OTLP_HEADERS: "api-key=a%3Db, x-scope = team",
    OTEL_RESOURCE_ATTRIBUTES: "service.name=ignored,service.version=1%2E4,",
    OTEL_SERVICE_NAME: "shop",
    OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
    OTEL_TRACES_SAMPLER_ARG: ".25",
    OTEL_PROPAGATORS: "tracecontext, XRAY",
    OTEL_BSP_MAX_QUEUE_SIZE: "10",
  });
  assertEquals(errors, []);
  assertEquals(resource, { "service.name": "shop", "service.version": "1.4" });
  assertEquals(traces?.headers, { "api-key": "a=b", "x-scope": "team" });
  assertEquals([traces?.sampler, traces?.ratio], ["parentbased_traceidratio", 0.25]);
  assertEquals(traces?.propagators, ["tracecontext", "xray"]);
  assertEquals([traces?.maxQueueSize, traces?.maxBatchSize], [10, 10]);
});

Deno.test("readTelemetryConfig() rejects invalid settings, even if nothing is exported", () => {
  for (
    const [variable, value] of [
      ["OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"],
      ["OTEL_EXPORTER_OTLP_HEADERS", "planted"],
      ["OTEL_EXPORTER_OTLP_HEADERS", "a b=c"],
      ["OTEL_EXPORTER_OTLP_HEADERS", "a=b%0Ac"],
      ["OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"],
      ["OTEL_EXPORTER_OTLP_CERTIFICATE", "/nowhere/ca.pem"],
      ["OTEL_RESOURCE_ATTRIBUTES", "service.version"],
      ["OTEL_RESOURCE_ATTRIBUTES", "service.version=%E0%A4"],
      ["OTEL_TRACES_SAMPLER", "jaeger_remote"],
      ["OTEL_TRACES_SAMPLER_ARG", "1.5"],
      ["OTEL_TRACES_SAMPLER_ARG", "one"],
      ["OTEL_PROPAGATORS", "b3"],
      ["OTEL_BSP_MAX_QUEUE_SIZE", "0"],
    ] as const
  ) {
    const [, errors] = parse({ [variable]: value });
    assertEquals(errors, [variable], `${variable}=${value}`);
  }
  const key = { OTEL_EXPORTER_OTLP_CLIENT_KEY: import.meta.filename ?? "" };
  assertEquals(parse(key)[1], ["OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE"]);
});
