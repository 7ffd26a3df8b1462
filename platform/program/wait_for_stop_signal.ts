/** Signals that stop the program: SIGINT of Ctrl-C, and SIGTERM of supervisors, which Windows does not have. */
const SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];

/** Exit codes by signal, as in shells: 128 plus the number of the signal. */
export const SIGNAL_EXIT_CODES: Partial<Record<Deno.Signal, number>> = { SIGINT: 130, SIGTERM: 143 };

/** Resolves with the first stop signal. A second one ends the process at once. */
export function waitForStopSignal(): Promise<Deno.Signal> {
  return new Promise((resolve) => {
    let stopping = false;
    for (const signal of SIGNALS) {
      Deno.addSignalListener(signal, () => {
        if (stopping) Deno.exit(SIGNAL_EXIT_CODES[signal]);
        stopping = true;
        resolve(signal);
      });
    }
  });
}
