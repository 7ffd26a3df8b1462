import type { SupervisorConfig } from "@archway/config/supervisor_config.ts";
import type { Logger } from "@archway/server/logger.ts";

/** States that a supervisor understands (sd_notify(3)). */
export type SupervisorState = "READY=1" | "STOPPING=1" | "WATCHDOG=1";

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
  const socket = bind(fail);
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

/**
 * Binds an address, since the platform sends from bound sockets only: an abstract one, which needs no writable directory,
 * or a temporary file where this version of Deno knows no abstract addresses.
 */
function bind(onError: (error: unknown) => void): Deno.DatagramConn | undefined {
  const addresses = [
    (): string => systemPath(`@archway-notify-${crypto.randomUUID()}`),
    (): string => `${Deno.makeTempDirSync({ prefix: "archway_notify_" })}/socket`,
  ];
  let failure: unknown;
  for (const address of addresses) {
    try {
      return Deno.listenDatagram({ transport: "unixpacket", path: address() });
    } catch (error) {
      failure = error;
    }
  }
  onError(failure);
  return undefined;
}

/** Returns a path as the system expects it: abstract ones begin with a null character (unix(7)). */
function systemPath(path: string): string {
  return path.startsWith("@") ? `\0${path.slice(1)}` : path;
}
