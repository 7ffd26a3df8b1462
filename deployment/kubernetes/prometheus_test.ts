import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { parse } from "yaml";
import { readAlerts } from "@archway/tools/support/prometheus/alerts.ts";
import { labelsOfTargets } from "@archway/tools/support/prometheus/exported_metrics.ts";
import { project } from "../../config.ts";

const FOLDER = join(import.meta.dirname ?? ".", "components/prometheus");

/** Returns a resource of the component. */
async function read(file: string): Promise<string> {
  return await Deno.readTextFile(join(FOLDER, file));
}

Deno.test("prometheus_rule.yaml has the alerts of deployment/observability", async () => {
  const { spec }: { spec: { groups: { name: string; rules: unknown }[] } } = parse(
    await read("prometheus_rule.yaml"),
  );
  assertEquals(
    new Map(spec.groups.map(({ name, rules }) => [name, rules])),
    new Map(await readAlerts()),
    "Run sh deployment/kubernetes/components/prometheus/write_rule.sh",
  );
});

Deno.test("service_monitor.yaml scrapes as deployment/observability/prometheus.yaml does", async () => {
  const { spec }: {
    spec: {
      jobLabel: string;
      endpoints: {
        port: string;
        path: string;
        honorLabels: boolean;
        relabelings: { targetLabel: string }[];
      }[];
    };
  } = parse(await read("service_monitor.yaml"));
  const [endpoint] = spec.endpoints;
  assertEquals([endpoint?.port, endpoint?.path, endpoint?.honorLabels], ["metrics", "/metrics", true]);
  const labels = endpoint?.relabelings.map(({ targetLabel }) => targetLabel) ?? [];
  assertEquals(["job", ...labels], [...await labelsOfTargets()]);
  const text = await Deno.readTextFile(join(FOLDER, "../../base/service.yaml"));
  const [, metrics = ""] = text.split(/^---$/m);
  const { metadata }: { metadata: { labels: Record<string, string> } } = parse(metrics);
  assertEquals(metadata.labels[spec.jobLabel], project.name);
});
