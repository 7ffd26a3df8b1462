import { markdownTable } from "../bench/markdown_table.ts";
import { pointsOf, type Verdict } from "./judge_soak.ts";
import type { Sample } from "./sampler.ts";
import type { SoakResults } from "./soak_results.ts";
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

function headline({ minutes, capacity, rate, cores, sent, totals, outages, hasStore }: SoakResults): string {
  const outage = (of: string, how: string): number =>
    outages.filter((each) => each.of === of && each.how === how).length;
  const leftOut = sent.leftOut === 0 ? "" : `, ${sent.leftOut} were left out for too many had no answer yet`;
  return `${minutes} minutes at ${rate.toFixed(0)} requests a second, of ${
    capacity.toFixed(0)
  } that the service could ` +
    `answer; the service, PostgreSQL, its standby, the limiter store and who sends share ${cores} cores. ` +
    `${sent.sent} requests were sent${leftOut}; ${totals.answered} were answered, ${totals.refused} of these with 503 ` +
    `and Retry-After. The standby was restarted ${outage("standby", "restarted")} times and frozen ` +
    `${outage("standby", "frozen")} times` +
    (hasStore
      ? `, the limiter store ${outage("limiter store", "restarted")} and ${
        outage("limiter store", "frozen")
      } times.\n`
      : ". THERE WAS NO LIMITER STORE.\n");
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
