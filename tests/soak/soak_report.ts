import { markdownTable } from "@archway/tools/bench/markdown_table.ts";
import { pointsOf, type Verdict } from "./judge_soak.ts";
import type { Outage } from "./plan_outages.ts";
import type { Sample } from "./sampler.ts";
import type { SoakResults } from "./soak_results.ts";
import type { Totals } from "./tally.ts";
import { trendOf } from "./trend.ts";

const MEASURES: readonly (readonly [string, keyof Sample])[] = [
  ["resident memory, MB", "residentMb"],
  ["JavaScript heap, MB, minimum", "heapMb"],
  ["open files", "files"],
  ["connections at the primary", "primaryConnections"],
  ["connections at the standby", "standbyConnections"],
  ["series of /metrics", "series"],
];

/** Renders the results as Markdown. */
export function renderSoakReport(results: SoakResults, verdicts: readonly Verdict[]): string {
  return [headline(results), responses(results), measures(results), rules(verdicts)].join("\n");
}

function headline(results: SoakResults): string {
  const { minutes, driver, capacity, rate, cores, sent: { sent, skipped }, totals } = results;
  const sentences = [
    `${minutes} minutes with the driver ${driver} at ${
      rate.toFixed(0)
    } requests per second, with a capacity of ${capacity.toFixed(0)}.`,
    `The service, PostgreSQL, its standby, the limiter store and the load generator share ${cores} cores.`,
    `${sent} requests were sent${skipped === 0 ? "" : `, ${skipped} skipped because too many were pending`}.`,
    `${totals.responses} received a response, ${refusals(totals)}.`,
    outageSentence(results),
  ];
  return `${sentences.join(" ")}\n`;
}

function refusals({ refused }: Totals): string {
  const entries = Object.entries(refused);
  if (entries.length === 0) return "none with 503";
  const all = entries.reduce((sum, [, count]) => sum + count, 0);
  return `${all} of these with 503 and Retry-After (${
    entries.map(([problem, count]) => `${count} ${problem}`).join(", ")
  })`;
}

function outageSentence({ outages, hasStore }: SoakResults): string {
  const times = (of: Outage["of"], how: Outage["how"]): number =>
    outages.filter((outage) => outage.of === of && outage.how === how).length;
  const both = (of: Outage["of"]): string =>
    `the ${of} was restarted ${times(of, "restarted")} times and frozen ${times(of, "frozen")} times`;
  const stores = hasStore ? both("limiter store") : "THERE WAS NO LIMITER STORE";
  const ofPrimary =
    `connections to the primary got silent ${times("primary", "silent")} times, and its role had other ` +
    `settings ${times("primary", "reconfigured")} times`;
  return `Meanwhile ${both("standby")}; ${stores}; ${ofPrimary}.`;
}

function responses({ totals }: SoakResults): string {
  return markdownTable([
    ["", "p50 ms", "p99 ms", "statuses"],
    ...totals.kinds.map(({ kind, statuses, p50, p99 }) => [
      kind,
      p50.toFixed(1),
      p99.toFixed(1),
      Object.entries(statuses).map(([status, count]) => `${count} x ${status}`).join(", "),
    ]),
  ]);
}

function measures({ samples, atRest: { before, after } }: SoakResults): string {
  const text = (value: number | undefined): string => value === undefined ? "?" : value.toFixed(0);
  return markdownTable([
    ["", "at rest before", "1st quarter", "2nd", "3rd", "4th", "maximum", "at rest after"],
    ...MEASURES.map(([label, field]) => {
      const points = pointsOf(samples, field);
      // For the heap, the minimum after collections is more meaningful than the median.
      const { quarters, minimums } = trendOf(points);
      const shown = (field === "heapMb" ? minimums : quarters).map((value) =>
        Number.isFinite(value) ? value.toFixed(0) : "?"
      );
      const most = points.length === 0 ? undefined : Math.max(...points.map(({ y }) => y));
      return [label, text(before[field]), ...shown, text(most), text(after[field])];
    }),
  ]);
}

function rules(verdicts: readonly Verdict[]): string {
  const word = (passed: boolean | undefined): string =>
    passed === undefined ? "unknown" : passed ? "passed" : "FAILED";
  return markdownTable([
    ["Rule", "", "Seen"],
    ...verdicts.map(({ rule, passed, seen }) => [rule, word(passed), seen]),
  ]);
}
