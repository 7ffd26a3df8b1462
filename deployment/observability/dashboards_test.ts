import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { parse } from "yaml";
import { openPool } from "../../db/postgres/open_pool.ts";
import type { InstanceConfig } from "../../db/postgres/pool_config.ts";
import { appendEvents } from "../../outbox/testing/append_events.ts";
import { WorkerStage } from "../../program/testing/worker_stage.ts";
import { useTestDatabase } from "../../tools/postgres/use_test_database.ts";
import { postgresEnvironment } from "../../tools/testing/postgres_environment.ts";
import { Program, untilReady } from "../../tools/testing/program.ts";
import { type PromqlNames, promqlNames } from "./promql_names.ts";

const HERE = import.meta.dirname ?? ".";

interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
  }[];
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly query: { readonly query: string } }[];
  };
}

async function dashboards(): Promise<readonly Dashboard[]> {
  const folder = join(HERE, "dashboards");
  const files = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).toSorted();
  return await Promise.all(
    files.map(async (file) => JSON.parse(await Deno.readTextFile(join(folder, file)))),
  );
}

/** Labels and their values by metric. */
type Exported = ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>;

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

/** All that the program exports, after requests that went well, badly and nowhere. */
async function exported(): Promise<string> {
  await using database = await useTestDatabase();
  const { instance } = database;
  await using program = new Program({
    ...postgresEnvironment(instance),
    // A server that follows nobody is a replica that is not behind.
    POSTGRES_REPLICA_0_HOST: instance.host,
    POSTGRES_REPLICA_0_PORT: String(instance.port),
    MIGRATE_ON_START: "true",
    ADMIN_PORT: "0",
    WEBHOOK_ALLOW_PRIVATE: "true",
  });
  const url = await program.url;
  await untilReady(url);
  await tellWebhook(instance);
  for (const path of ["/v1/profiles", "/nowhere"]) await (await fetch(url + path)).body?.cancel();
  await (await fetch(`${url}/v1/profiles`, { method: "STRANGE" })).body?.cancel();
  const metrics = await program.metricsUrl;
  while (true) {
    const text = await (await fetch(metrics)).text();
    // They come with the first probe, the first timer and the first time that somebody counts.
    const late = [
      "lag_seconds{",
      "event_loop_delay_seconds_count",
      "outbox_depth{",
      "webhook_duration_seconds_count",
    ];
    if (late.every((name) => text.includes(name))) return text;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Lets something happen that a webhook is told of. */
async function tellWebhook(instance: InstanceConfig): Promise<void> {
  await using pool = openPool({ primary: instance, replicas: [] });
  await using stage = await WorkerStage.over(pool);
  await stage.receive();
  await appendEvents(pool, [{ stream: "payment-1", data: { profileId: stage.profileId } }]);
  await stage.untilSettled();
}

/** The labels that Prometheus itself gives every series. */
async function labelsOfTargets(): Promise<readonly string[]> {
  const { scrape_configs: [job] } = parse(await Deno.readTextFile(join(HERE, "prometheus.yaml")));
  assertEquals([job.job_name, job.honor_labels], ["archway", true]);
  const given: { readonly target_label: string }[] = job.relabel_configs;
  return ["job", ...given.map(({ target_label }) => target_label)];
}

/** What an expression asks for in vain. */
function missing(
  { metrics, labels, values }: PromqlNames,
  known: Exported,
  own: readonly string[],
): string[] {
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

Deno.test("Dashboards ask for what the program exports, and show all of it", async () => {
  const known = exportOf(await exported());
  const own = await labelsOfTargets();
  const shown = new Set<string>();
  const complaints: string[] = [];
  const look = (where: string, asked: PromqlNames): void => {
    for (const metric of asked.metrics) shown.add(familyOf(metric));
    complaints.push(...missing(asked, known, own).map((name) => `${where}: ${name}`));
  };
  for (const { title, panels, templating } of await dashboards()) {
    for (const panel of panels) {
      for (const { expr } of panel.targets) look(`${title}, ${panel.title}`, promqlNames(expr));
    }
    for (const { name, query: { query } } of templating.list) {
      const [, metric = "", label = ""] = /^label_values\((\w+), (\w+)\)$/.exec(query) ?? [];
      const asked = { metrics: new Set([metric]), labels: new Set([label]), values: new Map() };
      look(`${title}, $${name}`, asked);
    }
  }
  assertEquals(complaints, []);
  const families = new Set([...known.keys()].map(familyOf).filter((name) => name.startsWith("archway_")));
  assertEquals([...families.difference(shown)], []);
  assert(families.size >= 10, [...families].join());
});

/** A histogram has three kinds of series; any of them shows it. */
function familyOf(metric: string): string {
  return metric.replace(/_(bucket|sum|count)$/, "");
}

Deno.test("Dashboards use only variables and labels that they have", async () => {
  const all = await dashboards();
  assertEquals(all.map(({ uid }) => uid), [
    "archway-database",
    "archway-payments",
    "archway-red-by-route",
    "archway-runtime",
  ]);
  for (const { title, panels, templating } of all) {
    const names = new Set(["__rate_interval", ...templating.list.map(({ name }) => name)]);
    assertEquals(new Set(panels.map(({ id }) => id)).size, panels.length, title);
    for (const panel of panels) {
      for (const { expr, legendFormat } of panel.targets) {
        const used = [...expr.matchAll(/\$(\w+)/g)].map(([, name = ""]) => name);
        assertEquals(used.filter((name) => !names.has(name)), [], `${title}, ${panel.title}`);
        const { labels } = promqlNames(expr);
        const legend = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, name = ""]) => name);
        assertEquals(legend.filter((name) => !labels.has(name)), [], `${title}, ${panel.title}`);
      }
    }
  }
});
