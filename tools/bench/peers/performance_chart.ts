import { join } from "node:path";
import { PROJECT_ROOT } from "@archway/program/project.ts";
import { childEnvironment } from "../child_process.ts";
import type { BarChart } from "./bar_chart.ts";
import type { PeersReport } from "./peers_report.ts";

const SPECIFIER = "npm:echarts@6.1.0";

/** Returns an SVG with the processor time per request of each program, a panel for each row. */
export async function performanceChart({ rows }: PeersReport): Promise<string> {
  const labels = [...new Set(Object.values(rows).flatMap((results) => results.map(({ name }) => name)))];
  const chart: BarChart = {
    unit: "CPU µs per request",
    labels,
    emphasized: labels.flatMap((label, index) => label.startsWith("Archway") ? [index] : []),
    panels: Object.entries(rows).map(([title, results]) => ({
      title,
      values: labels.map((label) =>
        results.find(({ name }) => name === label)?.figures.processorTime?.median
      ),
    })),
  };
  // The library is not in the lock file of the project, whose packages every user of the service downloads.
  const args = [
    ...["run", "--quiet", "--no-config", "--frozen", "--allow-env", "--allow-read"],
    `--lock=${join(PROJECT_ROOT, "tools/bench/locks/chart.lock")}`,
    join(PROJECT_ROOT, "tools/bench/peers/bar_chart.ts"),
    SPECIFIER,
  ];
  const child = new Deno.Command(Deno.execPath(), {
    args,
    clearEnv: true,
    env: childEnvironment(),
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(chart)));
  await writer.close();
  const { success, stdout, stderr } = await child.output();
  if (!success) throw new Error(`Drawing the chart failed: ${new TextDecoder().decode(stderr).slice(-500)}`);
  return new TextDecoder().decode(stdout);
}
