import type { Point } from "./linear_slope.ts";
import type { Sample } from "./sampler.ts";
import type { SoakResults } from "./soak_results.ts";
import { POOL_SIZE } from "./start_harness.ts";
import { type Trend, trendOf } from "./trend.ts";

/** What has to be so, and whether it is; undefined: this machine cannot tell. */
export interface Verdict {
  readonly rule: string;
  readonly kept: boolean | undefined;
  /** What was seen. */
  readonly seen: string;
}

/** Files that may be open besides those before: a probe that is under way, a connection of who asks for metrics. */
const FILES_TOLERATED = 4;

/** A class of statuses that a route had not answered before adds the series of one histogram. */
const SERIES_TOLERATED = 100;

/** Judges a run. No rule is about how fast anything was. */
export function judgeSoak(results: SoakResults): readonly Verdict[] {
  const { totals, healthy, samples, atRest: { before, after } } = results;
  return [
    none("Every answer is the one of the document, or 503 with Retry-After", totals.wrong),
    none("No connection breaks, no request hangs", totals.broken),
    {
      rule: "All that was taken away is used again",
      kept: healthy && results.outages.length > 0,
      seen: `${results.outages.length} outages, ${healthy ? "healthy" : "not healthy"} at the end`,
    },
    {
      rule: "There was a limiter store to take away",
      kept: results.hasStore ? true : undefined,
      seen: results.hasStore ? "there was" : "neither Valkey nor Redis is installed",
    },
    growth("Memory is flat", trendOf(pointsOf(samples, "residentMb"))),
    notMore("No file is left open", {
      before: otherFiles(before),
      after: otherFiles(after),
      tolerated: FILES_TOLERATED,
    }),
    // One of its own listens for events, another one is asked how the primary is.
    pool("The primary has no more than the pool and two", after.primaryConnections, { most: POOL_SIZE + 2 }),
    // One of its own asks how far it is.
    pool("The standby has no more than the pool and one", after.standbyConnections, { most: POOL_SIZE + 1 }),
    seriesVerdict(samples),
  ];
}

/** A value over time, where it could be told. */
export function pointsOf(samples: readonly Sample[], field: keyof Sample): readonly Point[] {
  return samples.flatMap((sample) => {
    const y = sample[field];
    return y === undefined ? [] : [{ x: sample.seconds, y }];
  });
}

function none(rule: string, counts: Readonly<Record<string, number>>): Verdict {
  const entries = Object.entries(counts);
  const list = entries.map(([what, count]) => `${count} times ${what}`).join("; ");
  return { rule, kept: entries.length === 0, seen: list || "none otherwise" };
}

function growth(rule: string, { quarters, slope, grows }: Trend): Verdict {
  if (quarters.some(Number.isNaN)) return { rule, kept: undefined, seen: "not known here" };
  const sign = slope < 0 ? "" : "+";
  const seen = `${quarters.map((mb) => mb.toFixed(0)).join(", ")} MB by quarters, ${sign}${
    slope.toFixed(2)
  } MB a minute`;
  return { rule, kept: !grows, seen };
}

/** Those that are no connection to a database: how many of these there are is another rule's matter. */
function otherFiles({ files, primaryConnections = 0, standbyConnections = 0 }: Sample): number | undefined {
  return files === undefined ? undefined : files - primaryConnections - standbyConnections;
}

interface Change {
  readonly before: number | undefined;
  readonly after: number | undefined;
  readonly tolerated: number;
}

function notMore(rule: string, { before, after, tolerated }: Change): Verdict {
  if (before === undefined || after === undefined) return { rule, kept: undefined, seen: "not known here" };
  return { rule, kept: after <= before + tolerated, seen: `${before} before, ${after} after` };
}

function pool(rule: string, connections: number | undefined, { most }: { readonly most: number }): Verdict {
  if (connections === undefined) return { rule, kept: false, seen: "the server does not answer" };
  return { rule, kept: connections <= most, seen: `${connections} of ${most}` };
}

function seriesVerdict(samples: readonly Sample[]): Verdict {
  const points = pointsOf(samples, "series");
  const [middle, last] = [points[Math.floor(points.length / 2)], points.at(-1)];
  return notMore("There are no more series than routes and reasons", {
    before: middle?.y,
    after: last?.y,
    tolerated: SERIES_TOLERATED,
  });
}
