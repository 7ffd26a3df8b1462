import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { parse } from "yaml";
import type { PromqlNames } from "./promql_names.ts";

/** Labels and their values by metric. */
export type Exported = ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>;

/**
 * Reads the exported metrics once some names are present that appear late.
 *
 * @param url URL of the metrics.
 */
export async function readExported(url: string, late: readonly string[]): Promise<Exported> {
  while (true) {
    const text = await (await fetch(url)).text();
    if (late.every((name) => text.includes(name))) return exportOf(text);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Parses a text in Prometheus' format. */
function exportOf(text: string): Exported {
  const metrics = new Map<string, Map<string, Set<string>>>();
  for (const [, name = "", inBraces = ""] of text.matchAll(/^([a-z_][a-z0-9_]*)(?:\{(.*)\})? /gm)) {
    const labels = metrics.get(name) ?? new Map<string, Set<string>>();
    metrics.set(name, labels);
    for (const [, label = "", value = ""] of inBraces.matchAll(/([a-z_][a-z0-9_]*)="([^"]*)"/g)) {
      labels.set(label, (labels.get(label) ?? new Set()).add(value));
    }
  }
  return metrics;
}

/** Returns the labels that Prometheus adds to every series, according to prometheus.yaml. */
export async function labelsOfTargets(): Promise<readonly string[]> {
  const file = join(import.meta.dirname ?? ".", "../../../deployment/observability/prometheus.yaml");
  const { scrape_configs: [job] } = parse(await Deno.readTextFile(file));
  assertEquals([job.job_name, job.honor_labels], ["archway", true]);
  const configs: { readonly target_label: string }[] = job.relabel_configs;
  return ["job", ...configs.map(({ target_label }) => target_label)];
}

/** Returns the names of an expression that are not exported. */
export function missingNames(
  { metrics, labels, values }: PromqlNames,
  { known, own }: { readonly known: Exported; readonly own: readonly string[] },
): readonly string[] {
  // Prometheus creates "up" itself.
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
