import type {
  DeveloperTool,
  InspectedProgram,
  OpenToolOptions,
} from "@archway/service_kit/developer_tool.ts";
import type { CockpitState } from "./cockpit_state.ts";
import { FaultInjector } from "./faults/fault_injector.ts";
import { LiveMetrics } from "./metrics/live_metrics.ts";
import { observeRequests } from "./recorder/observe_requests.ts";
import { Recorder } from "./recorder/recorder.ts";
import { createEndpoint } from "./views/endpoint.ts";
import { Inbox } from "./views/inbox.ts";

/*
 * The way of the data: observers of spans, lines and requests -> recorder/recorder.ts (bounded), and measurements ->
 * metrics/live_metrics.ts -> views/*_api.ts, under /_dev/api -> views/*_view.js, in the browser. Requests pass
 * faults/fault_injector.ts, which changes those that a developer has chosen.
 *
 * Conventions:
 * - A view of data is one file, views/<name>_view.ts: it returns pages as data (service_kit/developer_view.ts), which
 *   views/data_view.js draws. List it in views/data_api.ts. Services offer theirs in the same form, from their rooms.
 * - A view that needs a page of its own is two files: views/<name>_api.ts with its endpoints, and views/<name>_view.js
 *   with what it shows. List the first in views/endpoints.ts and the second in page/assets.ts and page/main.js.
 * - An endpoint gets the state of cockpit_state.ts and returns a value for JSON. GET changes nothing; POST has passed the guard.
 * - The page needs no build: plain modules, elements made by page/dom.js, which never parses HTML.
 * - Observers run with every request: they store references, and leave conversion to the endpoints.
 */

/** Path below which the cockpit is served. */
const PATH = "/_dev";

/** Opens the cockpit of a program, with the requests that an earlier run has stored. */
export function openCockpit(options: OpenToolOptions): DeveloperTool {
  const recorder = new Recorder({ directory: options.directory });
  const metrics = new LiveMetrics();
  const faults = new FaultInjector();
  const closed = new AbortController();
  let program: InspectedProgram | undefined;
  const state: CockpitState = {
    options,
    recorder,
    inbox: new Inbox(),
    metrics,
    faults,
    stopping: closed.signal,
    get program() {
      return program;
    },
  };
  return {
    path: PATH,
    get isRecording() {
      return recorder.isRecording;
    },
    span: (span) => recorder.span(span),
    line: (line) => recorder.line(line),
    metrics,
    requests: observeRequests(recorder, faults),
    faults: faults.observer,
    endpoint: createEndpoint(PATH, state),
    inspect(inspected, stopping): void {
      program = inspected;
      faults.inspect(inspected.services.flatMap(({ api }) => api ?? []), stopping);
      stopping.addEventListener("abort", () => closed.abort(), { once: true });
    },
    async [Symbol.asyncDispose](): Promise<void> {
      closed.abort();
      await recorder[Symbol.asyncDispose]();
    },
  };
}
