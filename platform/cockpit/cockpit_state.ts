import type { InspectedProgram, OpenToolOptions } from "@archway/service_kit/developer_tool.ts";
import type { FaultInjector } from "./faults/fault_injector.ts";
import type { LiveMetrics } from "./metrics/live_metrics.ts";
import type { Recorder } from "./recorder/recorder.ts";
import type { Inbox } from "./views/inbox.ts";

/** State that the endpoints of views read. */
export interface CockpitState {
  readonly options: OpenToolOptions;
  readonly recorder: Recorder;
  readonly inbox: Inbox;
  readonly metrics: LiveMetrics;
  readonly faults: FaultInjector;
  /** Program that it shows; undefined before that has started. */
  readonly program: InspectedProgram | undefined;
  /** Aborts when the program stops. */
  readonly stopping: AbortSignal;
}
