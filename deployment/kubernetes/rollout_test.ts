import { assert, assertEquals } from "@std/assert";
import { startAdminServer } from "@archway/observability/admin_server.ts";
import { createServer } from "@archway/server/server.ts";
import { parseDuration } from "@archway/service_kit/setting_types.ts";
import { servingContainers } from "./testing/configured_containers.ts";
import { renderer } from "./testing/render_overlay.ts";

const ignore = renderer === undefined;

function seconds(text: string): number {
  const ms = parseDuration(text);
  assert(ms !== undefined, text);
  return ms / 1000;
}

Deno.test("Probes request paths that the program serves there", { ignore }, async () => {
  await using server = createServer("127.0.0.1", 0);
  const { url } = await server.listen();
  const metrics = { contentType: "text/plain", text: () => Promise.resolve("") };
  await using admin = startAdminServer({ host: "127.0.0.1", port: 0 }, metrics, { isReady: () => true });
  for (const { title, container, value } of await servingContainers()) {
    const { ports = [], startupProbe, livenessProbe, readinessProbe } = container;
    const isApi = container.args?.[0] === "serve";
    const portOf = (name: string): number | undefined =>
      ports.find((port) => port.name === name)?.containerPort;
    if (isApi) assertEquals(portOf("http"), Number(value("PORT")), title);
    assertEquals(portOf("metrics"), Number(value("ADMIN_PORT")), title);
    assertEquals([value("HOST"), value("ADMIN_HOST")], ["0.0.0.0", "0.0.0.0"], title);
    for (const probe of [startupProbe, livenessProbe, readinessProbe]) {
      assert(probe?.httpGet, title);
      const { path, port } = probe.httpGet;
      assertEquals(port, isApi ? "http" : "metrics", title);
      const response = await fetch((isApi ? url : admin.url) + path);
      await response.body?.cancel();
      assertEquals(response.status, 200, `${title}: ${path}`);
    }
    // Only readiness may depend on the database.
    assertEquals([startupProbe?.httpGet?.path, livenessProbe?.httpGet?.path], ["/livez", "/livez"], title);
    const { timeoutSeconds = 1 } = readinessProbe ?? {};
    assert(timeoutSeconds > seconds(value("POSTGRES_REPLICA_PROBE_TIMEOUT")), title);
  }
});

Deno.test("Services forward to the ports that the program listens on", { ignore }, async () => {
  for (const { title, workload: { all }, value } of await servingContainers()) {
    const metrics = all.find(({ kind, metadata }) =>
      kind === "Service" && metadata.name.endsWith("-metrics")
    );
    assertEquals(metrics?.spec.ports?.map(({ port }) => port), [Number(value("ADMIN_PORT"))], title);
  }
});

Deno.test("Pods have the time to drain", { ignore }, async () => {
  for (const { title, workload, container, value } of await servingContainers()) {
    const { terminationGracePeriodSeconds: grace = 30 } = workload.pod;
    const preStop = container.lifecycle?.preStop?.sleep.seconds ?? 0;
    const drain = seconds(value("SHUTDOWN_WAIT")) + seconds(value("SHUTDOWN_TIMEOUT"));
    // Connections and telemetry are closed after it.
    assert(grace >= preStop + drain + 10, `${title}: ${grace} s for ${preStop} s and ${drain} s`);
    assert(seconds(value("SHUTDOWN_TIMEOUT")) > seconds(value("WRITE_TIMEOUT")), title);
    if (container.args?.[0] === "serve") assert(preStop > 0 && seconds(value("SHUTDOWN_WAIT")) > 0, title);
  }
});
