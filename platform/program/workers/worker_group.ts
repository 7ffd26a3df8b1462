import type { Share } from "@archway/config/divide_limits.ts";
import type { Logger } from "@archway/server/logger.ts";
import { readyLine } from "./worker_link.ts";
import { WorkerProcess } from "./worker_process.ts";

/** Processes of one configuration. */
export interface Generation {
  readonly count: number;
  /** Executable, and the arguments before the command. */
  readonly executable: { readonly file: string; readonly args: readonly string[] };
  /** Variables of the processes in addition to those of the supervisor. */
  readonly environment: Readonly<Record<string, string>>;
  /** Time without a sign of life after which a process is killed, in milliseconds; undefined for none. */
  readonly watchdogMs: number | undefined;
  /** Maximum duration of a graceful stop, in milliseconds. */
  readonly stopMs: number;
}

/** Delay before a process is started again, which doubles with each failure, in milliseconds. */
const RESTART_MS = { first: 100, max: 30_000 };

/** Time for which a process must have been ready for the next delay to be the first one, in milliseconds. */
const STABLE_MS = 10_000;

/** Maximum time until a process of a new generation is ready, in milliseconds. */
const READY_MS = 60_000;

interface Slot {
  /** Process that serves; undefined while none does. */
  process: WorkerProcess | undefined;
  /** Number of ends without a stable time before. */
  failures: number;
}

/**
 * Processes that serve on one port. One that ends is started again; a new generation replaces them one by one, each only
 * after its successor is ready.
 */
export class WorkerGroup implements AsyncDisposable {
  readonly #logger: Logger;
  readonly #slots: Slot[] = [];
  readonly #stopping = new AbortController();
  #generation: Generation;
  #restarts = 0;

  constructor(generation: Generation, logger: Logger) {
    this.#generation = generation;
    this.#logger = logger;
  }

  /** Processes by slot; undefined for one that is about to be started again. */
  get processes(): readonly (WorkerProcess | undefined)[] {
    return this.#slots.map(({ process }) => process);
  }

  /** Number of processes that were started again. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Number of processes that shall serve. */
  get count(): number {
    return this.#generation.count;
  }

  /**
   * Starts the first process, and the others once it listens.
   *
   * @returns an exit code if the first process cannot be started, or ends before it listens; undefined if all were started.
   */
  async start(): Promise<number | undefined> {
    let first: WorkerProcess;
    try {
      first = this.#spawn(this.#shareOf(0));
    } catch (error) {
      this.#logger.error("Process {worker} could not be started: {reason}", {
        worker: 0,
        reason: reasonOf(error),
      });
      return 1;
    }
    this.#add(0, first);
    if (!await first.listening) return (await first.ended).code || 1;
    this.#watch(0, first);
    for (let index = 1; index < this.#generation.count; index++) this.#restart(this.#slot(index), index);
    await Promise.all(this.processes.map((process) => process?.listening));
    return undefined;
  }

  /**
   * Replaces all processes by those of another generation, one by one. If one of them ends before it is ready, or is not
   * ready in time, the remaining old ones stay.
   *
   * @returns whether all were replaced.
   */
  async roll(generation: Generation): Promise<boolean> {
    const old = this.#generation;
    for (let index = 0; index < generation.count; index++) {
      if (this.#stopping.signal.aborted) return false;
      const failure = await this.#replace(index, generation);
      if (failure !== undefined) {
        if (this.#stopping.signal.aborted) return false;
        this.#logger.error("Reload failed, keeping the processes that run: process {worker} {failure}", {
          worker: index,
          failure,
        });
        return false;
      }
      // A process that is started again from now on is one of the new generation.
      this.#generation = generation;
    }
    const extra = this.#slots.splice(generation.count);
    await Promise.all(extra.map(({ process }) => process && this.#end(process, old.stopMs)));
    return true;
  }

  /** Stops all processes gracefully, those that take too long at once; returns whether all have stopped cleanly. */
  async stop(): Promise<boolean> {
    this.#stopping.abort();
    const { stopMs } = this.#generation;
    const running = this.processes.filter((process) => process !== undefined);
    for (const process of running) process.stop();
    const codes = await Promise.all(running.map((process) => this.#end(process, stopMs)));
    return codes.every((code) => code === 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #replace(index: number, generation: Generation): Promise<string | undefined> {
    let successor: WorkerProcess;
    try {
      successor = this.#spawn({ index, count: generation.count }, generation);
    } catch (error) {
      return `could not be started: ${reasonOf(error)}`;
    }
    const abandon = (): void => successor.kill();
    this.#stopping.signal.addEventListener("abort", abandon);
    const isReady = await within(successor.ready, READY_MS);
    this.#stopping.signal.removeEventListener("abort", abandon);
    if (!isReady) {
      const failed = successor.state !== "ended";
      successor.kill();
      const { code } = await successor.ended;
      return failed ? "was not ready in time" : `ended with exit code ${code} before it was ready`;
    }
    const slot = this.#slot(index);
    const predecessor = slot.process;
    this.#add(index, successor);
    slot.failures = 0;
    this.#watch(index, successor);
    if (predecessor !== undefined) {
      predecessor.stop({ handover: true });
      await this.#end(predecessor, this.#generation.stopMs);
    }
    return undefined;
  }

  /** Waits for the graceful end of a process, for a limited time. */
  async #end(process: WorkerProcess, ms: number): Promise<number> {
    process.stop();
    if (!await within(process.ended.then(() => true), ms)) {
      this.#logger.warn("Process {worker} did not stop in time and is killed", {
        worker: process.share.index,
        pid: process.pid,
      });
      process.kill();
    }
    return (await process.ended).code;
  }

  /** Starts a process again whenever it ends, with a delay that grows. */
  #watch(index: number, process: WorkerProcess): void {
    void process.ended.then(({ code, signal }) => {
      const slot = this.#slots[index];
      if (slot?.process !== process || this.#stopping.signal.aborted) return;
      slot.process = undefined;
      const stable = process.readyAt !== undefined && performance.now() - process.readyAt >= STABLE_MS;
      slot.failures = stable ? 1 : slot.failures + 1;
      const delayMs = Math.min(RESTART_MS.first * 2 ** (slot.failures - 1), RESTART_MS.max);
      this.#logger.warn("Process {worker} ended with {ending}; starting it again in {delayMs} ms", {
        worker: index,
        pid: process.pid,
        ending: signal ?? `exit code ${code}`,
        delayMs,
      });
      this.#restartLater(slot, { index, delayMs });
    });
  }

  #restartLater(slot: Slot, { index, delayMs }: { readonly index: number; readonly delayMs: number }): void {
    const timer = setTimeout(() => {
      this.#stopping.signal.removeEventListener("abort", cancel);
      // A new generation may have filled it meanwhile, or have no such process.
      if (this.#slots[index] !== slot || slot.process !== undefined) return;
      this.#restarts++;
      this.#restart(slot, index);
    }, delayMs);
    const cancel = (): void => clearTimeout(timer);
    this.#stopping.signal.addEventListener("abort", cancel, { once: true });
  }

  #restart(slot: Slot, index: number): void {
    try {
      const process = this.#spawn(this.#shareOf(index));
      slot.process = process;
      this.#watch(index, process);
    } catch (error) {
      slot.failures++;
      const delayMs = Math.min(RESTART_MS.first * 2 ** (slot.failures - 1), RESTART_MS.max);
      this.#logger.error("Process {worker} could not be started; trying again in {delayMs} ms: {reason}", {
        worker: index,
        delayMs,
        reason: reasonOf(error),
      });
      this.#restartLater(slot, { index, delayMs });
    }
  }

  #spawn(share: Share, generation = this.#generation): WorkerProcess {
    const { executable, environment, watchdogMs } = generation;
    return new WorkerProcess({
      share,
      executable,
      environment,
      watchdogMs,
      onChanged: () => this.#reportReady(),
    });
  }

  /** Reports to all processes how many are ready, since each of them responds to health checks for all. */
  #reportReady(): void {
    const running = this.processes.filter((process) => process !== undefined);
    const ready = running.filter(({ state }) => state === "ready").length;
    for (const process of running) process.send(readyLine(ready, this.count));
  }

  #add(index: number, process: WorkerProcess): void {
    this.#slot(index).process = process;
    this.#reportReady();
  }

  #slot(index: number): Slot {
    return this.#slots[index] ??= { process: undefined, failures: 0 };
  }

  #shareOf(index: number): Share {
    return { index, count: this.#generation.count };
  }
}

async function within(promise: Promise<boolean>, ms: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((resolve) => timer = setTimeout(resolve, ms, false));
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : "unknown error";
}
