import { assert, assertEquals } from "@std/assert";
import { allSettings } from "@archway/config/settings_table.ts";
import { PLATFORM_COMMANDS } from "@archway/program/platform_commands.ts";
import { project } from "../../config.ts";
import { services } from "../../services.ts";
import { configuredContainers, servingContainers } from "./testing/configured_containers.ts";
import { renderer, renderOverlay, renderWorkloads } from "./testing/render_overlay.ts";
import { selects } from "./testing/resource.ts";

const ignore = renderer === undefined;

/** Settings of capabilities that may be removed from a project; docs/kubernetes.md says which lines leave with them. */
const OF_CAPABILITIES = ["WORKER", "JOBS_WORKER"];

Deno.test("Containers have a valid configuration of existing settings", { ignore }, async () => {
  const known = new Set(allSettings(services).map(({ name }) => name));
  const all = await configuredContainers();
  assertEquals(all.length, 8);
  for (const { title, container, names, value, errors } of all) {
    // Migrations read only the settings of the database.
    const ignored = [
      ...(container.args?.[0] === "migrate" ? ["AUTH_MODE", "HMAC_SECRET"] : []),
      ...OF_CAPABILITIES.filter((name) => !known.has(name)),
    ];
    assertEquals(errors.filter(({ variable }) => !ignored.includes(variable)), [], title);
    const unknown = names.filter((name) => !known.has(name) && !known.has(name.replace(/_FILE$/, "")));
    assertEquals(unknown.filter((name) => !ignored.includes(name)), ["MALLOC_ARENA_MAX"], title);
    assertEquals(value("MIGRATE_ON_START"), "false", title);
    assert((container.args?.[0] ?? "") in PLATFORM_COMMANDS, title);
  }
});

Deno.test("Migrations are checked, then applied, by the owner of the tables", { ignore }, async () => {
  for (const { resource, pod: { initContainers = [], containers } } of await renderWorkloads()) {
    if (resource.kind !== "Job") continue;
    assertEquals(initContainers.map(({ args }) => args), [["migrate", "lint"]]);
    assertEquals(containers.map(({ args }) => args), [["migrate", "up"]]);
  }
  const users = new Map<string, Set<string>>();
  for (const { workload: { overlay }, value } of await configuredContainers()) {
    users.set(overlay, (users.get(overlay) ?? new Set()).add(value("POSTGRES_PRIMARY_USER")));
  }
  assertEquals(users.get("production/migrations"), new Set([`${project.name}_owner`]));
  assertEquals(users.get("production"), new Set([`${project.name}_app`]));
});

Deno.test("ExternalSecrets have the keys that containers read", { ignore }, async () => {
  const secrets = (await renderOverlay("production")).filter(({ kind }) => kind === "ExternalSecret");
  const provided = secrets.flatMap(({ spec: { target, data = [] } }) =>
    data.map(({ secretKey }) => `${target?.name}/${secretKey}`)
  );
  const needed = new Set((await configuredContainers()).flatMap(({ keys }) => keys));
  assertEquals(needed, new Set(provided));
});

Deno.test("Processes in production stay below the default of max_connections", { ignore }, async () => {
  let connections = 0;
  for (const { workload, value } of await servingContainers()) {
    if (workload.overlay !== "production") continue;
    const { name } = workload.resource.metadata;
    const autoscaler = (await renderOverlay("production")).find(({ spec }) =>
      spec?.scaleTargetRef?.name === name
    );
    const { replicas, strategy } = workload.resource.spec;
    const most = autoscaler?.spec.maxReplicas ?? replicas;
    assert(most !== undefined && strategy !== undefined, name);
    // Two more for probes and migrations, as docs/several-processes.md says.
    const each = Number(value("POSTGRES_PRIMARY_POOL_MAX_CONNS")) + 2;
    connections += (most + strategy.rollingUpdate.maxSurge) * each;
  }
  // PostgreSQL's default of 100, less the reserved ones; migrations take two.
  assert(connections + 2 <= 97, `${connections} connections`);
});

Deno.test("Network policies admit the servers that settings name", { ignore }, async () => {
  for (const { title, workload: { all, labels, resource }, value } of await configuredContainers()) {
    const policies = all.filter(({ kind, spec }) =>
      kind === "NetworkPolicy" && selects(spec.podSelector ?? {}, labels)
    );
    const egress = policies.flatMap(({ spec }) => spec.egress ?? []).flatMap(({ ports = [] }) => ports);
    const admitted = new Set(egress.map(({ port }) => String(port)));
    const urls = ["OTEL_EXPORTER_OTLP_ENDPOINT", "AUTH_JWKS_URL"].map(value).filter((url) => url !== "");
    const named = urls.map((url) => new URL(url).port || "443");
    const needed = ["53", value("POSTGRES_PRIMARY_PORT"), ...named];
    assertEquals(needed.filter((port) => !admitted.has(port)), [], title);
    // NATS and webhooks are reached once they are set.
    if (resource.kind === "Deployment") assert(admitted.has("4222") && admitted.has("443"), title);
  }
});
