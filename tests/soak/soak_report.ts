import { markdownTable } from "@archway/tools/bench/markdown_table.ts";
import { pointsOf, type Verdict } from "./judge_soak.ts";
import type { Outage } from "./plan_outages.ts";
import type { Sample } from "./sampler.ts";
import type { SoakResults } from "./soak_results.ts";
import type { Totals } from "./tally.ts";
import { trendOf } from "./trend.ts";

const MEASURES: readonly (readonly [string, keyof Sample])[] = [
  ["resident memory, MB", "residentMb"],
  ["JavaScript's heap, MB, least", "heapMb"],
  ["open files", "files"],
  ["connections at the primary", "primaryConnections"],
  ["connections at the standby", "standbyConnections"],
  ["series of /metrics", "series"],
];

/** A run for people, as Markdown. */
export function renderSoakReport(results: SoakResults, verdicts: readonly Verdict[]): string {
  return [headline(results), answers(results), measures(results), rules(verdicts)].join("\n");
}

function headline(results: SoakResults): string {
  const { minutes, capacity, rate, cores, sent: { sent, leftOut }, totals } = results;
  const sentences = [
    `${minutes} minutes at ${rate.toFixed(0)} requests a second, of ${
      capacity.toFixed(0)
    } that could be answered.`,
    `The service, PostgreSQL, its standby, the limiter store and who sends share ${cores} cores.`,
    `${sent} requests were sent${
      leftOut === 0 ? "" : `, ${leftOut} left out since too many had no answer yet`
    }.`,
    `${totals.answered} were answered, ${refusals(totals)}.`,
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
  return `Meanwhile ${both("standby")}; ${stores}.`;
}

function answers({ totals }: SoakResults): string {
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
    ["", "at rest before", "1st quarter", "2nd", "3rd", "4th", "most", "at rest after"],
    ...MEASURES.map(([label, field]) => {
      const points = pointsOf(samples, field);
      // What is left after a collection says more of a heap than what lies there for the next one.
      const { quarters, leasts } = trendOf(points);
      const shown = (field === "heapMb" ? leasts : quarters).map((value) =>
        Number.isFinite(value) ? value.toFixed(0) : "?"
      );
      const most = points.length === 0 ? undefined : Math.max(...points.map(({ y }) => y));
      return [label, text(before[field]), ...shown, text(most), text(after[field])];
    }),
  ]);
}

function rules(verdicts: readonly Verdict[]): string {
  const word = (kept: boolean | undefined): string =>
    kept === undefined ? "unknown" : kept ? "kept" : "BROKEN";
  return markdownTable([
    ["Rule", "", "Seen"],
    ...verdicts.map(({ rule, kept, seen }) => [rule, word(kept), seen]),
  ]);
}
