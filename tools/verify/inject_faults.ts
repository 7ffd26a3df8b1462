import type { Cluster } from "./cluster.ts";
import type { Fault, PlannedFault } from "./plan_faults.ts";

/** Duration of what does not end by itself, in milliseconds. */
const LASTS_MS = 1_500;
/** Jumps of a clock, in seconds: by less and by more than timeouts, tolerances of signatures and leases take. */
const JUMPS_SECONDS = [2, 60, 600, 3_600];

const INJECTIONS: Readonly<Record<Fault, (cluster: Cluster, random: () => number) => Promise<void>>> = {
  "worker killed": async (cluster, random) => {
    await signalWorker(cluster, random, "SIGKILL");
  },
  "worker paused": async (cluster, random) => {
    const pid = await signalWorker(cluster, random, "SIGSTOP");
    await pause(LASTS_MS);
    if (pid !== undefined) signal(pid, "SIGCONT");
  },
  "second program killed": (cluster) => cluster.restartSecond(),
  "primary killed and restarted": async ({ primary }) => {
    await primary.kill();
    await pause(LASTS_MS / 3);
    await primary.start();
  },
  "primary silent": async ({ primary, primaryNetwork }) => {
    primaryNetwork.silence();
    await pause(LASTS_MS);
    primaryNetwork.moveTo(primary.tcpInstance);
    primaryNetwork.closeSilenced();
  },
  "replica silent": async ({ standby, replicaNetwork }) => {
    replicaNetwork.silence();
    await pause(LASTS_MS);
    replicaNetwork.moveTo(standby.tcpInstance);
    replicaNetwork.closeSilenced();
  },
  "replica behind": async ({ standby }) => {
    await standby.pauseReplay();
    await pause(LASTS_MS);
    await standby.resumeReplay();
  },
  "clock forward": async ({ clock }, random) => await clock?.set(jump(random)),
  "clock back": async ({ clock }, random) => await clock?.set(-jump(random)),
  failover: (cluster) => cluster.failOver(),
};

/** Options of {@link injectFaults}. */
export interface InjectFaultsOptions {
  readonly random: () => number;
  /** Time after which no fault begins. */
  readonly milliseconds: number;
  readonly onFault: (fault: Fault, state: string) => void;
}

/** Injects the faults of a plan one after the other, each at its time or later. */
export async function injectFaults(
  cluster: Cluster,
  plan: readonly PlannedFault[],
  { random, milliseconds, onFault }: InjectFaultsOptions,
): Promise<void> {
  const startMs = performance.now();
  for (const { atMs, fault } of plan) {
    await pause(startMs + atMs - performance.now());
    if (performance.now() > startMs + milliseconds) return;
    onFault(fault, "begins");
    await INJECTIONS[fault](cluster, random);
    onFault(fault, "over");
  }
}

function jump(random: () => number): number {
  return JUMPS_SECONDS[Math.floor(random() * JUMPS_SECONDS.length)] ?? 0;
}

async function signalWorker(
  cluster: Cluster,
  random: () => number,
  name: Deno.Signal,
): Promise<number | undefined> {
  const workers = await cluster.workers();
  const pid = workers[Math.floor(random() * workers.length)];
  if (pid !== undefined) signal(pid, name);
  return pid;
}

function signal(pid: number, name: Deno.Signal): void {
  try {
    Deno.kill(pid, name);
  } catch (error) {
    // It may have ended meanwhile.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, milliseconds)));
}
