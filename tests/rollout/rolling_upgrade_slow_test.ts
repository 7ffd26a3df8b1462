import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { startHaproxy } from "@archway/tools/support/haproxy/start_haproxy.ts";
import { testWithHaproxy } from "@archway/tools/support/haproxy/test_with_haproxy.ts";
import { errorLines } from "@archway/tools/support/error_lines.ts";
import { freePort } from "@archway/tools/support/free_port.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { Program } from "@archway/tools/support/program.ts";
import { ContactLoad } from "./contact_load.ts";
import { nextVersion } from "./next_version.ts";

/** Number of requests that each instance serves in each state of the database, and beside each other version. */
const REQUESTS = 100;

type Environment = Readonly<Record<string, string>>;

/** Version of the program, by the checkout that it runs in; undefined for this one. */
type Checkout = string | undefined;

/** Checks and applies pending migrations, as the Job of deployment/kubernetes does. */
async function migrate(environment: Environment, root: Checkout): Promise<string> {
  const run = async (command: string): Promise<string> => {
    await using program = new Program(environment, ["migrate", command], versionOf(root));
    const { code, stdout, stderr } = await program.ended();
    assertEquals([code, stderr], [0, ""], `migrate ${command}: ${stdout}`);
    return stdout;
  };
  assertMatch(await run("lint"), /^Nothing to report on [1-9]\d* migrations?\n$/);
  return await run("up");
}

function versionOf(root: Checkout): { readonly fromSource: true; readonly root?: string } {
  return { fromSource: true, ...(root !== undefined && { root }) };
}

/** Instances of both versions by name, and what they run with. */
interface Setup {
  readonly ports: Readonly<Record<string, number>>;
  readonly environment: Environment;
  start(name: string, root?: string): Program;
}

function setUp(environment: Environment): Setup {
  const ports = { old1: freePort(), old2: freePort(), new1: freePort(), new2: freePort() };
  const settings = {
    ...environment,
    MIGRATE_ON_START: "false",
    // Those of deployment/kubernetes.
    SHUTDOWN_WAIT: "5s",
    SHUTDOWN_TIMEOUT: "35s",
    SLOW_CLIENT_GUARD: "on",
    POSTGRES_PRIMARY_POOL_MAX_CONNS: "4",
  };
  return {
    ports,
    environment,
    start: (name, root) => new Program({ ...settings, PORT: `${Object(ports)[name]}` }, [], versionOf(root)),
  };
}

testWithHaproxy("archway loses no request and no write in a rolling upgrade with migrations", async () => {
  await using database = await useTestDatabase();
  const { ports, environment, start } = setUp(postgresEnvironment(database.instance));
  await using next = await nextVersion();
  await using last = await nextVersion({ contracts: true });
  assertStringIncludes(await migrate(environment, undefined), "Applied 20261122000101_create_contacts.sql");
  await using old1 = start("old1");
  await using old2 = start("old2");
  await using proxy = await startHaproxy(ports);
  await proxy.untilServing("old1", "old2");
  using load = new ContactLoad(proxy.url);
  await load.untilServedBy(["old1", "old2"], REQUESTS);
  assertStringIncludes(await migrate(environment, next.path), "Applied 20270101000000_add_display_name.sql");
  await load.untilServedBy(["old1", "old2"], REQUESTS);
  await using _new1 = start("new1", next.path);
  await proxy.untilServing("new1", "old1", "old2");
  await load.untilServedBy(["new1", "old1", "old2"], REQUESTS);
  const stopped = [await old1.stop()];
  await proxy.untilServing("new1", "old2");
  await load.untilServedBy(["new1", "old2"], REQUESTS);
  await using _new2 = start("new2", next.path);
  await proxy.untilServing("new1", "new2", "old2");
  await load.untilServedBy(["new1", "new2", "old2"], REQUESTS);
  stopped.push(await old2.stop());
  await proxy.untilServing("new1", "new2");
  await load.untilServedBy(["new1", "new2"], REQUESTS);
  assertEquals(await migrate(environment, last.path), "Applied 20270102000000_drop_name.sql\n");
  await load.untilServedBy(["new1", "new2"], REQUESTS);
  await load.end();
  assertEquals(load.failures.slice(0, 5), []);
  assertEquals((await load.lost()).slice(0, 5), []);
  assertEquals(Object.keys(load.byMethod).toSorted(), ["GET", "PATCH", "POST", "PUT"]);
  for (const { code, stderr } of stopped) assertEquals([code, errorLines(stderr)], [0, []]);
});

testWithHaproxy("archway fails in an upgrade whose old objects are removed too early", async () => {
  await using database = await useTestDatabase();
  const { ports, environment, start } = setUp(postgresEnvironment(database.instance));
  await using next = await nextVersion();
  await using last = await nextVersion({ contracts: true });
  await migrate(environment, undefined);
  await using _old = start("old1");
  await using proxy = await startHaproxy(ports);
  await proxy.untilServing("old1");
  using load = new ContactLoad(proxy.url);
  await load.untilServedBy(["old1"], REQUESTS);
  await migrate(environment, next.path);
  await load.untilServedBy(["old1"], REQUESTS);
  assertEquals(load.failures.slice(0, 5), []);
  await migrate(environment, last.path);
  await load.untilFailed();
  await load.end();
  assert(load.failures.every((failure) => failure.includes(": 500 by old1: ")), load.failures[0]);
});
