import type { ConnectionPool, MigrationSource } from "@archway/db/db.ts";
import type { InspectedService } from "@archway/service_kit/developer_view.ts";
import type { CockpitState } from "../cockpit_state.ts";
import { FaultInjector } from "../faults/fault_injector.ts";
import { LiveMetrics } from "../metrics/live_metrics.ts";
import { Recorder } from "../recorder/recorder.ts";
import { Inbox } from "../views/inbox.ts";

/** Program of a test. */
export interface TestProgram {
  readonly pool: ConnectionPool;
  /** @default {[]} */
  readonly migrations?: readonly MigrationSource[];
  /** @default {[]} */
  readonly services?: readonly InspectedService[];
}

/** Returns the state of a cockpit that shows a program, and has recorded nothing. */
export function cockpitState({ pool, migrations = [], services = [] }: TestProgram): CockpitState {
  return {
    options: { name: "archway", root: ".", directory: undefined },
    recorder: new Recorder({ directory: undefined }),
    metrics: new LiveMetrics(),
    faults: new FaultInjector(),
    inbox: new Inbox(),
    program: {
      ...{ pool, migrations, services, hasReference: false },
      send: () => Promise.reject(new Error("The program of a test serves no requests")),
    },
    stopping: new AbortController().signal,
  };
}
