/** What asks the program to stop: Ctrl-C, and what supervisors send. Windows knows the first only. */
const SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];

/** What a shell reports for a program that a signal ended: 128 and the signal's number. */
export const SIGNAL_EXIT_CODES: Partial<Record<Deno.Signal, number>> = { SIGINT: 130, SIGTERM: 143 };

/** Resolves with the first signal to stop. From then on a second one ends the process at once. */
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
