import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { compareDashboards, readDashboards } from "@archway/tools/support/prometheus/dashboards.ts";
import { promqlNames } from "@archway/tools/support/prometheus/promql_names.ts";
import { platformMetrics } from "./testing/platform_metrics.ts";

const HERE = import.meta.dirname ?? ".";

/** Dashboards of metrics that every program exports. Those of modules are tested in their folders. */
const PLATFORM = ["database", "red_by_route", "runtime"];

Deno.test("Dashboards use exported metrics only, and show all of them", async () => {
  const known = await platformMetrics();
  assertEquals(await compareDashboards(PLATFORM, { known, prefix: /^archway_/ }), {
    missing: [],
    notShown: [],
  });
  const families = new Set([...known.keys()].filter((name) => name.startsWith("archway_")));
  assert(families.size >= 10, [...families].join());
});

Deno.test("Dashboards use defined variables and labels only", async () => {
  const all = await readDashboards();
  assertEquals(new Set(all.map(({ uid }) => uid)).size, all.length);
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
  assertEquals(named.toSorted(), (await readDashboards()).map(({ title }) => title).toSorted());
});
