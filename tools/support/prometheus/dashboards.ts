import { join } from "node:path";
import { type Exported, labelsOfTargets, missingNames } from "./exported_metrics.ts";
import { type PromqlNames, promqlNames } from "./promql_names.ts";

const FOLDER = join(import.meta.dirname ?? ".", "../../../deployment/observability/dashboards");

/** Grafana dashboard, limited to the properties that tests use. */
export interface Dashboard {
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

/** Returns all dashboards in order of file name. */
export async function readDashboards(): Promise<readonly Dashboard[]> {
  const files = (await Array.fromAsync(Deno.readDir(FOLDER))).map(({ name }) => name).toSorted();
  return await Promise.all(files.map((file) => readDashboard(file.replace(/\.json$/, ""))));
}

/** Returns the dashboard of a file name without `.json`. */
async function readDashboard(name: string): Promise<Dashboard> {
  return JSON.parse(await Deno.readTextFile(join(FOLDER, `${name}.json`)));
}

/** Differences between dashboards and the exported metrics. */
export interface Comparison {
  /** A line for every name that is used but not exported. */
  readonly missing: readonly string[];
  /** Exported metric families that no dashboard uses. */
  readonly notShown: readonly string[];
}

/** Compares dashboards with the exported metrics whose names match a prefix. */
export async function compareDashboards(
  names: readonly string[],
  { known, prefix }: { readonly known: Exported; readonly prefix: RegExp },
): Promise<Comparison> {
  const own = await labelsOfTargets();
  const shown = new Set<string>();
  const missing: string[] = [];
  const compare = (where: string, used: PromqlNames): void => {
    for (const metric of used.metrics) shown.add(familyOf(metric));
    missing.push(...missingNames(used, { known, own }).map((name) => `${where}: ${name}`));
  };
  for (const { title, panels, templating } of await Promise.all(names.map(readDashboard))) {
    for (const panel of panels) {
      for (const { expr } of panel.targets) compare(`${title}, ${panel.title}`, promqlNames(expr));
    }
    for (const { name, query: { query } } of templating.list) {
      const [, metric = "", label = ""] = /^label_values\((\w+), (\w+)\)$/.exec(query) ?? [];
      const used = { metrics: new Set([metric]), labels: new Set([label]), values: new Map() };
      compare(`${title}, $${name}`, used);
    }
  }
  const families = new Set([...known.keys()].map(familyOf).filter((name) => prefix.test(name)));
  return { missing, notShown: [...families.difference(shown)] };
}

/** Returns the family of a metric: any of the series of a histogram represents it. */
function familyOf(metric: string): string {
  return metric.replace(/_(bucket|sum|count)$/, "");
}
