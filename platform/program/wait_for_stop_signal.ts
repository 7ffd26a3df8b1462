/** Signals that stop the program: SIGINT of Ctrl-C, and SIGTERM of supervisors, which Windows does not have. */
const SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];

/** Exit codes by signal, as in shells: 128 plus the number of the signal. */
export const SIGNAL_EXIT_CODES: Partial<Record<Deno.Signal, number>> = { SIGINT: 130, SIGTERM: 143 };

/**
 * Time during which further signals belong to the same request to stop, in milliseconds. Ctrl-C on `deno task` arrives
 * up to three times: the terminal sends it to the whole process group, and the task runner forwards it twice. systemd
 * also signals every process of a unit.
 */
const SAME_REQUEST_MS = 1_000;

/** Resolves with the first stop signal. One that arrives over a second later ends the process at once. */
export function waitForStopSignal(): Promise<Deno.Signal> {
  return new Promise((resolve) => {
    let firstAt: number | undefined;
    for (const signal of SIGNALS) {
      Deno.addSignalListener(signal, () => {
        const now = performance.now();
        firstAt ??= now;
        if (now - firstAt > SAME_REQUEST_MS) Deno.exit(SIGNAL_EXIT_CODES[signal]);
        resolve(signal);
      });
    }
  });
}
