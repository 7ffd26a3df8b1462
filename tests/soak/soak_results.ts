import type { Sent } from "./open_loop.ts";
import type { Outage } from "./plan_outages.ts";
import type { Sample } from "./sampler.ts";
import type { Totals } from "./tally.ts";

/** Results of a soak test. */
export interface SoakResults {
  readonly minutes: number;
  /** Client of PostgreSQL's protocol in the service. */
  readonly driver: string;
  /** Measured capacity in requests per second. */
  readonly capacity: number;
  /** Sent requests per second. */
  readonly rate: number;
  /** Number of cores shared by the service, its dependencies and the load generator. */
  readonly cores: number;
  readonly sent: Sent;
  readonly totals: Totals;
  readonly outages: readonly Outage[];
  /** Whether a rate-limit store was available for outages. */
  readonly hasStore: boolean;
  /** Whether the service and its dependencies were healthy after the load. */
  readonly healthy: boolean;
  /** Requests in flight when the service was stopped as by Ctrl-C. */
  readonly interrupted: Totals;
  readonly samples: readonly Sample[];
  /** Samples without load: before it, after the warm-up, and after it. */
  readonly atRest: { readonly before: Sample; readonly after: Sample };
}
