import { assert, assertEquals } from "@std/assert";
import { print } from "@archway/program/print.ts";
import { NetworkNamespace, testWithNetworkNamespace } from "@archway/tools/support/network_namespace.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { Program } from "@archway/tools/support/program.ts";
import { CLIENTS, type Load, startLoad } from "@archway/tools/support/request_load.ts";

/** Number of replacements; more of them for figures, e.g. `TEST_REPLACEMENTS=50`. */
const REPLACEMENTS = Number(Deno.env.get("TEST_REPLACEMENTS") ?? 5);

/** Number of processes that are killed one after the other. */
const KILLS = Number(Deno.env.get("TEST_KILLS") ?? 1);

/** Value of net.ipv4.tcp_migrate_req: 1 moves connections that wait for a process that ends to another one. */
const MIGRATES = Deno.env.get("TEST_MIGRATE_REQ") ?? "1";

testWithNetworkNamespace(
  "archway with WORKERS loses requests on a killed process alone, and none while processes are replaced",
  async () => {
    await using namespace = await NetworkNamespace.create();
    await namespace.run("sysctl", "-q", "-w", `net.ipv4.tcp_migrate_req=${MIGRATES}`);
    await using database = await useTestDatabase();
    const environment = {
      ...postgresEnvironment(database.instance),
      ...{ MIGRATE_ON_START: "true", WORKERS: "2", SLOW_CLIENT_GUARD: "on" },
    };
    const options = { networkNamespace: namespace.name };
    await using program = new Program(environment, [], { permissions: "workers", ...options });
    const url = `${await program.url}/v1/contacts`;
    await program.untilWrittenTimes('"body":"Server is listening', 2);
    const startLoads = async (): Promise<readonly Load[]> => {
      const loads = (["new", "kept"] as const).map((mode) => startLoad(mode, url, options));
      await Promise.all(loads.map(({ started }) => started));
      return loads;
    };

    const loads = await startLoads();
    for (let round = 1; round <= REPLACEMENTS; round++) {
      program.signal("SIGHUP");
      await program.untilWrittenTimes('"body":"Replaced all processes"', round);
    }
    const replaced = await Promise.all(loads.map((load) => load.end()));
    if (REPLACEMENTS > 5) await print(Deno.stdout, `${JSON.stringify(replaced)}\n`);
    for (const { succeeded, failures } of replaced) assertEquals([failures, succeeded > 0], [{}, true]);

    const others = await startLoads();
    const listening = 2 * (REPLACEMENTS + 1);
    const [, pid] = await program.untilMatch(/"pid":(\d+)/);
    for (let kill = 1; kill <= KILLS; kill++) {
      const { stdout } = await new Deno.Command("pgrep", { args: ["-P", pid ?? ""] }).output();
      const [first = ""] = new TextDecoder().decode(stdout).split("\n");
      Deno.kill(Number(first), "SIGKILL");
      await program.untilWrittenTimes('"body":"Server is listening', listening + kill);
    }
    const killed = await Promise.all(others.map((load) => load.end()));
    if (KILLS > 1) await print(Deno.stdout, `${JSON.stringify(killed)}\n`);
    for (const { succeeded, failures } of killed) {
      // A client has one request at a time, so that each kill can lose one of each.
      const lost = Object.values(failures).reduce((sum, count) => sum + count, 0);
      assert(lost <= CLIENTS * KILLS, JSON.stringify(failures));
      assert(succeeded > CLIENTS);
    }
    // Signals to reload are ignored from the first signal to stop until the end.
    program.signal("SIGTERM");
    const timer = setInterval(() => {
      try {
        program.signal("SIGHUP");
      } catch {
        // It has ended.
      }
    }, 1);
    const { code } = await program.ended().finally(() => clearInterval(timer));
    assertEquals(code, 0);
  },
);
