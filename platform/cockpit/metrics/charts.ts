import type { Instrument, Lines } from "./instrument.ts";

/** Chart of one or several metrics. */
export interface Chart {
  readonly id: string;
  readonly title: string;
  readonly unit: Instrument["unit"];
  /** Explanation for an empty chart. */
  readonly hint: string;
  /** Whether it is shown at once, and not behind the others. */
  readonly isMain: boolean;
}

/** Name under which a histogram of requests is also shown as rates by status. */
export const RATES_SUFFIX = " by status";

interface MainChart {
  readonly title: string;
  readonly hint: string;
  /** Names of metrics, with the beginning of the names of their lines. */
  readonly metrics: readonly (readonly [RegExp, string])[];
}

const NO_REQUEST = "No request in this time";

/** Charts that are shown first. Others follow from the metrics that modules register. */
const MAIN: readonly MainChart[] = [
  { title: "Requests", hint: NO_REQUEST, metrics: [[/^archway\.request\.duration by status$/, ""]] },
  { title: "Response time", hint: NO_REQUEST, metrics: [[/^archway\.request\.duration$/, ""]] },
  { title: "Requests in flight", hint: "", metrics: [[/^archway\.request\.in_flight$/, "requests"]] },
  {
    title: "Database connections",
    hint: "The program has no database",
    metrics: [
      [/^archway\.db\.connections$/, ""],
      [/^archway\.db\.connections\.max$/, "maximum"],
      [/^archway\.db\.waiting$/, "waiting for"],
    ],
  },
  {
    title: "Wait for a connection",
    hint: "No statement",
    metrics: [[/^archway\.db\.connection\.wait$/, ""]],
  },
  {
    title: "Replication lag",
    hint: "There are no read replicas",
    metrics: [[/^archway\.db\.replica\.lag$/, ""]],
  },
  {
    title: "Queues",
    hint: "No module of this process has a queue",
    metrics: [[/^(?!archway\.db\.).*\.(?:depth|waiting)$/, ""]],
  },
  { title: "Delay of the event loop", hint: "", metrics: [[/^archway\.event_loop\.delay$/, ""]] },
  { title: "Memory", hint: "", metrics: [[/^archway\.process\.memory$/, ""]] },
];

/** Chart with the function that takes its values. */
export interface ChartSource extends Chart {
  take(seconds: number): Lines;
}

/** Returns the charts of metrics: the main ones in their order, then one for each other metric. */
export function chartsOf(instruments: readonly Instrument[]): readonly ChartSource[] {
  const placed = new Set<Instrument>();
  const main = MAIN.map(({ title, hint, metrics }): ChartSource => {
    const parts = metrics.flatMap(([name, label]) =>
      instruments.filter((instrument) => name.test(instrument.name)).map((instrument) => ({
        instrument,
        label,
      }))
    );
    for (const { instrument } of parts) placed.add(instrument);
    return {
      ...{ id: title, title, hint, isMain: true },
      unit: parts[0]?.instrument.unit ?? "",
      take: (seconds) =>
        Object.assign({}, ...parts.map(({ instrument, label }) => labelled(instrument.take(seconds), label))),
    };
  });
  const others = instruments.filter((instrument) => !placed.has(instrument)).map((
    instrument,
  ): ChartSource => ({
    ...{ id: instrument.name, title: instrument.description, unit: instrument.unit, isMain: false },
    hint: "No value yet",
    take: (seconds) => labelled(instrument.take(seconds), ""),
  }));
  return [...main, ...others];
}

function labelled(lines: Lines, label: string): Lines {
  return Object.fromEntries(
    Object.entries(lines).map(([name, value]) => [`${label} ${name}`.trim() || "value", value]),
  );
}
