/** Presentation of a metric in a report. */
interface MetricFormat {
  readonly metric: string;
  readonly heading: string;
  readonly digits: number;
  /** Divisor from the stored unit to that of the heading. @default {1} */
  readonly divisor?: number;
  /** Whether the least value is shown beside the median. @default {false} */
  readonly showsLeast?: boolean;
}

// Times are stored in microseconds.
const FORMATS = [
  /** Processor time of the server per request, user and system. */
  { metric: "processorTime", heading: "CPU µs", digits: 1 },
  /** Processor time of PostgreSQL per job. */
  { metric: "databaseTime", heading: "PostgreSQL CPU µs", digits: 1 },
  /** Time per request of a client that sends one after the other. */
  { metric: "requestTime", heading: "µs", digits: 1, showsLeast: true },
  /** Requests with a 2xx response. */
  { metric: "requestsPerSecond", heading: "req/s", digits: 0 },
  { metric: "p50", heading: "p50 ms", digits: 2, divisor: 1000 },
  { metric: "p99", heading: "p99 ms", digits: 2, divisor: 1000 },
  { metric: "rejectionsPerSecond", heading: "503/s", digits: 0 },
  /** Connections of slow clients that the server ended in a round. */
  { metric: "endedConnections", heading: "ended", digits: 0 },
  /** From starting the process to the first 200 of /readyz; of a function, to its first response. */
  { metric: "startTime", heading: "start until ready, ms", digits: 0, divisor: 1000 },
  /** Processor time of the server until then. */
  { metric: "startProcessorTime", heading: "CPU until ready, ms", digits: 0, divisor: 1000 },
  { metric: "memoryAfterStart", heading: "memory after start, MiB", digits: 0 },
  /** Resident memory of the server at the end of a load, with what loads before it left behind. */
  { metric: "memoryAfterLoad", heading: "memory, MiB", digits: 0 },
  /** Resident memory of the server above that of the first variant, for each thing that there is more of. */
  { metric: "memoryEach", heading: "KiB each", digits: 1 },
  /** Objects of the JavaScript heap after a garbage collection. */
  { metric: "heapUsed", heading: "heap, MiB", digits: 1 },
  /** Processor time of the server in a minute without requests. */
  { metric: "idleTime", heading: "idle CPU ms/min", digits: 0, divisor: 1000 },
  /** Files that the server has open. */
  { metric: "openFiles", heading: "files", digits: 0 },
  { metric: "databaseBytes", heading: "database, MiB", digits: 0, divisor: 1_048_576 },
  /** From a commit to the last response of a receiver. */
  { metric: "deliveryTime", heading: "delivered, ms", digits: 0, divisor: 1000 },
  { metric: "generateTime", heading: "generated, s", digits: 1, divisor: 1_000_000 },
  { metric: "checkTime", heading: "type-checked, s", digits: 1, divisor: 1_000_000 },
  { metric: "rebuildTime", heading: "rebuild, s", digits: 1, divisor: 1_000_000 },
  { metric: "eventsPerSecond", heading: "events/s", digits: 0 },
  { metric: "jobsPerSecond", heading: "jobs/s", digits: 0 },
] as const satisfies readonly MetricFormat[];

/** Name of a metric. */
export type Metric = typeof FORMATS[number]["metric"];

/** Metrics of all scenarios in the order of their columns. */
export const METRICS: readonly (MetricFormat & { readonly metric: Metric })[] = FORMATS;

/** Values of one measurement; undefined where one is unknown on this system. */
export type Sample = Readonly<Partial<Record<Metric, number | undefined>>>;
