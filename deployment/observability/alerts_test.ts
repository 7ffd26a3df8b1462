import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { parse } from "yaml";
import { SERVER_PROBLEM_TYPES } from "@archway/server/problems/problem_types.ts";
import { markdownRows } from "@archway/tools/permissions/markdown_rows.ts";
import { contactProblems } from "@archway/tools/support/contact_service/http/contact_problems.ts";
import { type Alert, missingInAlerts, readAlerts } from "@archway/tools/support/prometheus/alerts.ts";
import { labelsOfTargets } from "@archway/tools/support/prometheus/exported_metrics.ts";
import { promqlNames } from "@archway/tools/support/prometheus/promql_names.ts";
import { platformMetrics } from "./testing/platform_metrics.ts";

const HERE = import.meta.dirname ?? ".";

async function alerts(): Promise<readonly Alert[]> {
  return [...(await readAlerts()).values()].flat();
}

Deno.test("Alerts use metrics that every program exports, or are in the group of their module", async () => {
  assertEquals(await missingInAlerts("archway", await platformMetrics()), []);
});

Deno.test("Alerts name existing problem types", async () => {
  const slugs = [...SERVER_PROBLEM_TYPES, ...contactProblems.problemTypes].map(({ slug }) => slug);
  let checked = 0;
  for (const { alert, expr } of await alerts()) {
    for (const [, pattern = ""] of expr.matchAll(/problem=~?"([^"]+)"/g)) {
      for (const one of pattern.split("|")) {
        assert(slugs.some((slug) => new RegExp(`^(?:${one})$`).test(slug)), `${alert}: ${one}`);
        checked++;
      }
    }
  }
  assert(checked > 0);
});

Deno.test("Alerts have a severity, and summaries with labels of their expressions only", async () => {
  const all = await alerts();
  assertEquals(new Set(all.map(({ alert }) => alert)).size, all.length);
  for (const { alert, expr, for: lasting, labels: { severity }, annotations: { summary } } of all) {
    assertMatch(lasting, /^\d+[mh]$/, alert);
    assert(["page", "ticket"].includes(severity), `${alert}: ${severity}`);
    const { labels } = promqlNames(expr);
    const used = [...summary.matchAll(/\$labels\.(\w+)/g)].map(([, name = ""]) => name);
    // Without grouping, series have the labels of their target, too.
    const known = expr.includes(" by (") ? labels : new Set([...labels, ...await labelsOfTargets()]);
    assertEquals(used.filter((name) => !known.has(name)), [], alert);
  }
});

Deno.test("Alerts are mounted where Prometheus reads them, and docs/observability.md has an action for each", async () => {
  const read = async (path: string): Promise<string> => await Deno.readTextFile(join(HERE, "../..", path));
  const { rule_files: files }: { rule_files: string[] } = parse(
    await read("deployment/observability/prometheus.yaml"),
  );
  assertEquals(files, ["/etc/archway/alerts.yaml"]);
  const { services: { prometheus: { volumes } } }: { services: { prometheus: { volumes: string[] } } } =
    parse(
      await read("compose.yaml"),
    );
  assert(volumes.includes(`./deployment/observability/alerts.yaml:${files[0]}:ro`));
  const rows = markdownRows(await read("docs/observability.md"), "Alerts");
  assertEquals(rows.map(([name]) => name), (await alerts()).map(({ alert }) => alert));
  for (const [name = "", , what = ""] of rows) assert(what.length > 10, `${name} has no action`);
});

Deno.test("Alerts have a runbook, which is a heading of the guide", async () => {
  for (const { alert, annotations: { runbook } } of await alerts()) {
    const [, page = "", anchor = ""] = /^(docs\/[a-z-]+\.md)#([a-z-]+)$/.exec(runbook) ?? [];
    const headings = [...(await Deno.readTextFile(join(HERE, "../..", page))).matchAll(/^#+ (.+)$/gm)].map((
      [, heading = ""],
    ) => heading.toLowerCase().replaceAll(/[^a-z -]/g, "").replaceAll(" ", "-"));
    assert(headings.includes(anchor), `${alert}: there is no ${runbook}`);
  }
});
