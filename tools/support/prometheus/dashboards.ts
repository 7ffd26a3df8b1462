import { join } from "node:path";
import { type Exported, labelsOfTargets, missingNames } from "./exported_metrics.ts";
import { type PromqlNames, promqlNames } from "./promql_names.ts";

const FOLDER = join(import.meta.dirname ?? ".", "../../../deployment/observability/dashboards");

/** A dashboard of Grafana, as far as tests look at it. */
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

/** Returns all dashboards, by the names of their files. */
export async function readDashboards(): Promise<readonly Dashboard[]> {
  const files = (await Array.fromAsync(Deno.readDir(FOLDER))).map(({ name }) => name).toSorted();
  return await Promise.all(files.map((file) => readDashboard(file.replace(/\.json$/, ""))));
}

/** Returns the dashboard of a file, without `.json`. */
export async function readDashboard(name: string): Promise<Dashboard> {
  return JSON.parse(await Deno.readTextFile(join(FOLDER, `${name}.json`)));
}

/** What some dashboards ask for and a program exports. */
export interface Comparison {
  /** A line for every name that is asked for and not exported. */
  readonly missing: readonly string[];
  /** Families of metrics that are exported and on none of the dashboards. */
  readonly notShown: readonly string[];
}

/** Compares dashboards with what a program exports, of the metrics whose names begin with a prefix. */
export async function compareDashboards(
  names: readonly string[],
  { known, prefix }: { readonly known: Exported; readonly prefix: RegExp },
): Promise<Comparison> {
  const own = await labelsOfTargets();
  const shown = new Set<string>();
  const missing: string[] = [];
  const look = (where: string, asked: PromqlNames): void => {
    for (const metric of asked.metrics) shown.add(familyOf(metric));
    missing.push(...missingNames(asked, { known, own }).map((name) => `${where}: ${name}`));
  };
  for (const { title, panels, templating } of await Promise.all(names.map(readDashboard))) {
    for (const panel of panels) {
      for (const { expr } of panel.targets) look(`${title}, ${panel.title}`, promqlNames(expr));
    }
    for (const { name, query: { query } } of templating.list) {
      const [, metric = "", label = ""] = /^label_values\((\w+), (\w+)\)$/.exec(query) ?? [];
      const asked = { metrics: new Set([metric]), labels: new Set([label]), values: new Map() };
      look(`${title}, $${name}`, asked);
    }
  }
  const families = new Set([...known.keys()].map(familyOf).filter((name) => prefix.test(name)));
  return { missing, notShown: [...families.difference(shown)] };
}

/** A histogram has three kinds of series; any of them shows it. */
function familyOf(metric: string): string {
  return metric.replace(/_(bucket|sum|count)$/, "");
}
