import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { type PromqlNames, promqlNames } from "./testing/promql_names.ts";
import { exportedMetrics, labelsOfTargets, missingNames } from "./testing/exported_metrics.ts";

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

Deno.test("Dashboards ask for what the program exports, and show all of it", async () => {
  const known = await exportedMetrics();
  const own = await labelsOfTargets();
  const shown = new Set<string>();
  const complaints: string[] = [];
  const look = (where: string, asked: PromqlNames): void => {
    for (const metric of asked.metrics) shown.add(familyOf(metric));
    complaints.push(...missingNames(asked, { known, own }).map((name) => `${where}: ${name}`));
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

Deno.test("docs/observability.md names every dashboard", async () => {
  const guide = await Deno.readTextFile(join(HERE, "../../docs/observability.md"));
  const [, list = ""] = /^These dashboards are in the folder([^.]+)\./m.exec(guide) ?? [];
  const named = [...list.matchAll(/_([^_]+)_/g)].map(([, name]) => `Archway: ${name}`);
  assertEquals(named.toSorted(), (await dashboards()).map(({ title }) => title).toSorted());
});
