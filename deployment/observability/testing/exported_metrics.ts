import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { parse } from "yaml";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import { appendEvents } from "@archway/events/outbox/testing/append_events.ts";
import { SHOP_PROGRAM } from "@archway/events/testing/shop_program.ts";
import { WorkerStage } from "@archway/events/worker/testing/worker_stage.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { MainProgram, Program, untilReady } from "@archway/tools/support/program.ts";
import type { PromqlNames } from "./promql_names.ts";

/** Labels and their values by metric. */
export type Exported = ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>;

/** All that the program and a worker export, after requests that went well, badly, too often and nowhere. */
export async function exportedMetrics(): Promise<Exported> {
  await using database = await useTestDatabase();
  const { instance } = database;
  const environment = { ...postgresEnvironment(instance), ADMIN_PORT: "0" };
  await using program = new MainProgram({
    ...environment,
    // A server that follows nobody is a replica that is not behind.
    POSTGRES_REPLICA_0_HOST: instance.host,
    POSTGRES_REPLICA_0_PORT: String(instance.port),
    MIGRATE_ON_START: "true",
    RATE_LIMIT: "1/1h",
    WORKER: "off",
  });
  const url = await program.url;
  await untilReady(url);
  for (const path of ["/v1/profiles", "/v1/profiles", "/nowhere"]) {
    await (await fetch(url + path)).body?.cancel();
  }
  await (await fetch(`${url}/v1/profiles`, { method: "STRANGE" })).body?.cancel();
  await (await fetch(`${url}/v1/payments`, { method: "POST" })).body?.cancel();
  await using worker = new Program({ ...environment, WEBHOOK_ALLOW_PRIVATE: "true" }, ["worker"], {
    main: SHOP_PROGRAM,
  });
  await deliverEvent(instance);
  // They come with the first probe, the first timer and the first count.
  return exportOf(
    await textWith(await program.metricsUrl, ["lag_seconds{", "event_loop_delay_seconds_count"]) +
      await textWith(await worker.metricsUrl, ["outbox_depth{", "webhook_duration_seconds_count"]),
  );
}

/** Returns metrics once these are among them. */
async function textWith(url: string, names: readonly string[]): Promise<string> {
  while (true) {
    const text = await (await fetch(url)).text();
    if (names.every((name) => text.includes(name))) return text;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Appends an event and waits until a webhook has received it. */
async function deliverEvent(instance: InstanceConfig): Promise<void> {
  await using pool = openPool({ primary: instance, replicas: [] });
  await using stage = new WorkerStage(pool);
  await stage.receive();
  await appendEvents(pool, [{ stream: "order-1" }]);
  await stage.untilSettled();
}

/** Reads a text in Prometheus' format. */
function exportOf(text: string): Exported {
  const metrics = new Map<string, Map<string, Set<string>>>();
  for (const [, name = "", inBraces = ""] of text.matchAll(/^([a-z_]+)(?:\{(.*)\})? /gm)) {
    const labels = metrics.get(name) ?? new Map<string, Set<string>>();
    metrics.set(name, labels);
    for (const [, label = "", value = ""] of inBraces.matchAll(/([a-z_]+)="([^"]*)"/g)) {
      labels.set(label, (labels.get(label) ?? new Set()).add(value));
    }
  }
  return metrics;
}

/** The labels that Prometheus itself gives every series, by prometheus.yaml. */
export async function labelsOfTargets(): Promise<readonly string[]> {
  const file = join(import.meta.dirname ?? ".", "../prometheus.yaml");
  const { scrape_configs: [job] } = parse(await Deno.readTextFile(file));
  assertEquals([job.job_name, job.honor_labels], ["archway", true]);
  const given: { readonly target_label: string }[] = job.relabel_configs;
  return ["job", ...given.map(({ target_label }) => target_label)];
}

/** What an expression asks for in vain. */
export function missingNames(
  { metrics, labels, values }: PromqlNames,
  { known, own }: { readonly known: Exported; readonly own: readonly string[] },
): readonly string[] {
  // Prometheus makes "up" itself.
  const wrong = [...metrics].filter((metric) => metric !== "up" && !known.has(metric));
  // An expression may join several metrics; a label has to be one of theirs.
  const theirs = [...metrics].flatMap((metric) => [...known.get(metric) ?? []]);
  for (const label of labels) {
    if (!own.includes(label) && !theirs.some(([name]) => name === label)) wrong.push(label);
  }
  for (const [label, asked] of values) {
    const there = new Set(theirs.flatMap(([name, those]) => name === label ? [...those] : []));
    if (!own.includes(label)) {
      wrong.push(...[...asked.difference(there)].map((value) => `${label}="${value}"`));
    }
  }
  return metrics.size === 0 ? ["no metric"] : wrong;
}
