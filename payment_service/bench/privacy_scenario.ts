import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import { compare, type Result, type Variant } from "@archway/tools/bench/compare.ts";
import { loadOn } from "@archway/tools/bench/measure_process.ts";
import { startService } from "@archway/tools/bench/programs.ts";
import { type LoadSetting, loadSettings, type Scenario } from "@archway/tools/bench/scenario.ts";
import { startBenchDatabase } from "@archway/tools/bench/start_bench_database.ts";
import { creations, keyedPosts, patches, reads } from "@archway/tools/bench/workload.ts";
import { paymentBodies } from "./payment_pairs.ts";
import { seedAccounts } from "./seed_accounts.ts";

const PROFILES = "/v1/profiles";

/** The audit log, off and on, and payments with a description, whose event is encrypted, beside those without. */
export const privacyScenario: Scenario<LoadSetting> = {
  name: "privacy",
  description: "the audit log beside none, and payments with and without a description that is encrypted",
  parts: ["read", "create", "patch", "payment"],
  settings: loadSettings({ rounds: 5, seconds: 2, connections: 16 }),
  measure: async (run) => {
    const { parts, signal, settings: { connections } } = run;
    const fill = (instance: InstanceConfig): Promise<readonly string[]> =>
      seedAccounts(instance, { accounts: 1_000, signal });
    const { database, ids } = await startBenchDatabase(run, { fill });
    const start = (mode: string): ReturnType<typeof startService> =>
      startService(database, run, { main: "main.ts", env: { WORKER: "off", AUDIT_LOG: mode } });
    const [off, changes, all] = [await start("off"), await start("changes"), await start("all")];
    const { data }: { readonly data: readonly { readonly id: string }[] } = await (
      await fetch(off.url(`${PROFILES}?limit=100`), { signal })
    ).json();
    const paths = data.map(({ id }) => `${PROFILES}/${id}`);
    const workloads = { read: reads(paths), create: creations(PROFILES), patch: patches(paths) };
    const profiles: Result[] = [];
    for (const [row, workload] of Object.entries(workloads).filter(([part]) => parts.includes(part))) {
      const variants = Object.entries({ off, changes, all }).map(([mode, server]) => ({
        name: `AUDIT_LOG=${mode}`,
        measure: loadOn(run, { server, workload, connections }),
      }));
      profiles.push(...await compare(run, variants, { row }));
    }
    const bodies = paymentBodies({ payers: ids, payees: ids });
    const described = bodies.map((body) => JSON.stringify({ ...JSON.parse(body), description: "Lunch" }));
    const pay = (name: string, bodies: readonly string[], server = off): Variant => ({
      name,
      measure: loadOn(run, { server, workload: keyedPosts("/v1/payments", bodies), connections }),
    });
    return {
      ...profiles.length > 0 && { "Profiles": profiles },
      ...parts.includes("payment") && {
        "Payments": await compare(run, [
          pay("no description", bodies),
          pay("description", described),
          pay("no description, AUDIT_LOG=changes", bodies, changes),
        ]),
      },
    };
  },
};
