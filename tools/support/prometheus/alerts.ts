import { join } from "node:path";
import { parse } from "yaml";
import { type Exported, labelsOfTargets, missingNames } from "./exported_metrics.ts";
import { promqlNames } from "./promql_names.ts";

/** Rule of alerts.yaml. */
export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook: string };
}

/** Returns the alerts of deployment/observability/alerts.yaml by group. */
export async function readAlerts(): Promise<ReadonlyMap<string, readonly Alert[]>> {
  const file = join(import.meta.dirname ?? ".", "../../../deployment/observability/alerts.yaml");
  const { groups }: { groups: { name: string; rules: Alert[] }[] } = parse(await Deno.readTextFile(file));
  return new Map(groups.map(({ name, rules }) => [name, rules]));
}

/** Returns a line for every name in a group of alerts that the program does not export. */
export async function missingInAlerts(group: string, known: Exported): Promise<readonly string[]> {
  const alerts = (await readAlerts()).get(group);
  if (alerts === undefined) return [`alerts.yaml has no group ${group}`];
  const own = await labelsOfTargets();
  return alerts.flatMap(({ alert, expr }) =>
    missingNames(promqlNames(expr), { known, own }).map((name) => `${alert}: ${name}`)
  );
}
