import type { HealthCheck, ReadinessCheck } from "@archway/server/health.ts";

/** Reason for which a process stops. */
export type StopReason = "handover" | "orphaned";

/** Line by which the supervisor asks for a stop while another process takes over. */
export const HANDOVER_LINE = "handover";

/** Line that announces a signal to stop, and that the end of the input is no end of the supervisor. */
export const STOP_LINE = "stop";

/** Returns the line by which the supervisor reports how many of its processes are ready. */
export function readyLine(ready: number, count: number): string {
  return `ready ${ready} ${count}`;
}

const READY_LINE = /^ready (\d+) (\d+)$/;

/** Link of a process to its supervisor: the standard input, which ends with the supervisor however that ended. */
export interface WorkerLink {
  /** Resolves when the process shall stop other than by a signal. */
  readonly stopped: Promise<StopReason>;
  /** Reports how many of the processes are ready; fewer than all only degrade the service. */
  readonly readiness: ReadinessCheck;
}

/** Follows the lines of the supervisor. */
export function openWorkerLink(
  input: ReadableStream<Uint8Array<ArrayBuffer>> = Deno.stdin.readable,
): WorkerLink {
  const { promise: stopped, resolve } = Promise.withResolvers<StopReason>();
  let check: HealthCheck = { name: "workers", status: "ok" };
  let isStopping = false;
  async function follow(): Promise<void> {
    let rest = "";
    for await (const text of input.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const [, ready, count] = READY_LINE.exec(line) ?? [];
        if (line === HANDOVER_LINE) resolve("handover");
        else if (line === STOP_LINE) isStopping = true;
        else if (ready !== undefined) check = checkOf(Number(ready), Number(count));
      }
    }
  }
  const end = (): void => isStopping ? undefined : resolve("orphaned");
  follow().then(end, end);
  return { stopped, readiness: () => Promise.resolve([check]) };
}

function checkOf(ready: number, count: number): HealthCheck {
  return ready >= count
    ? { name: "workers", status: "ok" }
    : { name: "workers", status: "degraded", reason: `${ready} of ${count} processes are ready` };
}
