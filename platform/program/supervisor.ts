import type { SupervisorConfig } from "@archway/config/supervisor_config.ts";
import type { Logger } from "@archway/server/logger.ts";
import { bindDatagram, removeAddress, systemPath } from "./bind_datagram.ts";

/** States that a supervisor understands (sd_notify(3)); fields with X_ are those of `serve` with WORKERS. */
export type SupervisorState =
  | "READY=1"
  | "RELOADING=1"
  | "STOPPING=1"
  | "WATCHDOG=1"
  | `X_LISTENING=1\nX_METRICS=${string}`;

/** Connection to the supervisor of the program. */
export interface Supervisor extends Disposable {
  /** Sends a state. A failure is logged once, and does not end the program. */
  notify(state: SupervisorState): Promise<void>;
}

/** Opens the connection to the supervisor, and sends signs of life if it wants them. Does nothing without one. */
export function openSupervisor(config: SupervisorConfig | undefined, logger: Logger): Supervisor {
  if (config === undefined) return { notify: () => Promise.resolve(), [Symbol.dispose](): void {} };
  let failed = false;
  const fail = (error: unknown): void => {
    if (!failed) {
      logger.warn("Supervisor not notified: {reason}", {
        reason: error instanceof Error ? error.message : "unknown error",
      });
    }
    failed = true;
  };
  const { socket, address = "" } = bindDatagram(fail) ?? {};
  // It only sends.
  removeAddress(address);
  const path = systemPath(config.socket);
  async function notify(state: SupervisorState): Promise<void> {
    try {
      await socket?.send(new TextEncoder().encode(state), { transport: "unixpacket", path });
    } catch (error) {
      fail(error);
    }
  }
  const { watchdogMs } = config;
  // The event loop sends it, so a blocked program is restarted.
  const timer = watchdogMs === undefined
    ? undefined
    : setInterval(() => void notify("WATCHDOG=1"), watchdogMs / 2);
  return {
    notify,
    [Symbol.dispose](): void {
      clearInterval(timer);
      socket?.close();
    },
  };
}
