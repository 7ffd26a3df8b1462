import type { Point } from "./linear_slope.ts";
import type { Sample } from "./sampler.ts";
import type { SoakResults } from "./soak_results.ts";
import { POOL_SIZE } from "./start_harness.ts";
import { type Trend, trendOf } from "./trend.ts";

/** Rule and whether it passed; undefined if this machine cannot check it. */
export interface Verdict {
  readonly rule: string;
  readonly passed: boolean | undefined;
  /** Observed value. */
  readonly seen: string;
}

/** Tolerated additional open files. A probe may be in progress, or a connection that scrapes metrics. */
const FILES_TOLERATED = 4;

/** A new class of statuses on a route adds the series of one histogram. */
const SERIES_TOLERATED = 100;

/** Evaluates the rules of a run. No rule is about performance. */
export function judgeSoak(results: SoakResults): readonly Verdict[] {
  const { totals, healthy, samples, atRest: { before, after } } = results;
  return [
    none(
      "Every response matches the OpenAPI document, or is 503 with Retry-After or of an unknown outcome",
      totals.wrong,
    ),
    none("No connection breaks, no request hangs", totals.broken),
    none("Ctrl-C breaks no request in flight", {
      ...results.interrupted.broken,
      ...results.interrupted.wrong,
    }),
    {
      rule: "All services that had an outage are used again",
      passed: healthy && results.outages.length > 0,
      seen: `${results.outages.length} outages, ${healthy ? "healthy" : "not healthy"} at the end`,
    },
    {
      rule: "A limiter store was available for outages",
      passed: results.hasStore ? true : undefined,
      seen: results.hasStore ? "available" : "neither Valkey nor Redis is installed",
    },
    growth("Memory is flat", trendOf(pointsOf(samples, "residentMb"))),
    notMore("No file is leaked", {
      before: otherFiles(before),
      after: otherFiles(after),
      tolerated: FILES_TOLERATED,
    }),
    // In addition to the pool: one connection listens for events, another one probes the primary.
    pool("Connections of the primary are at most those of the pool plus two", after.primaryConnections, {
      most: POOL_SIZE + 2,
    }),
    // In addition to the pool: one connection probes the standby.
    pool("Connections of the standby are at most those of the pool plus one", after.standbyConnections, {
      most: POOL_SIZE + 1,
    }),
    seriesVerdict(samples),
  ];
}

/** Returns the known values of a field over time. */
export function pointsOf(samples: readonly Sample[], field: keyof Sample): readonly Point[] {
  return samples.flatMap((sample) => {
    const y = sample[field];
    return y === undefined ? [] : [{ x: sample.seconds, y }];
  });
}

function none(rule: string, counts: Readonly<Record<string, number>>): Verdict {
  const entries = Object.entries(counts);
  const list = entries.map(([what, count]) => `${count} times ${what}`).join("; ");
  return { rule, passed: entries.length === 0, seen: list || "none" };
}

function growth(rule: string, { quarters, slope, grows }: Trend): Verdict {
  if (quarters.some(Number.isNaN)) return { rule, passed: undefined, seen: "unknown on this machine" };
  const sign = slope < 0 ? "" : "+";
  const seen = `${quarters.map((mb) => mb.toFixed(0)).join(", ")} MB by quarter, ${sign}${
    slope.toFixed(2)
  } MB per minute`;
  return { rule, passed: !grows, seen };
}

/** Returns the number of files that are not database connections, which other rules check. */
function otherFiles({ files, primaryConnections = 0, standbyConnections = 0 }: Sample): number | undefined {
  return files === undefined ? undefined : files - primaryConnections - standbyConnections;
}

interface Change {
  readonly before: number | undefined;
  readonly after: number | undefined;
  readonly tolerated: number;
}

function notMore(rule: string, { before, after, tolerated }: Change): Verdict {
  if (before === undefined || after === undefined) {
    return { rule, passed: undefined, seen: "unknown on this machine" };
  }
  return { rule, passed: after <= before + tolerated, seen: `${before} before, ${after} after` };
}

function pool(rule: string, connections: number | undefined, { most }: { readonly most: number }): Verdict {
  if (connections === undefined) return { rule, passed: false, seen: "the server does not respond" };
  return { rule, passed: connections <= most, seen: `${connections} of ${most}` };
}

function seriesVerdict(samples: readonly Sample[]): Verdict {
  const points = pointsOf(samples, "series");
  const [middle, last] = [points[Math.floor(points.length / 2)], points.at(-1)];
  return notMore("The number of series is bounded by routes and reasons", {
    before: middle?.y,
    after: last?.y,
    tolerated: SERIES_TOLERATED,
  });
}
