import { assert, assertEquals, assertGreater, assertMatch, assertStringIncludes } from "@std/assert";
import { RawClient } from "@archway/server/testing/raw_client.ts";
import { NetworkNamespace, testWithNetworkNamespace } from "@archway/tools/support/network_namespace.ts";
import { temporaryDirectory } from "@archway/tools/support/once.ts";
import { SilentProxy } from "@archway/tools/support/postgres/silent_proxy.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { untilReady } from "@archway/tools/support/program.ts";
import { Container } from "./testing/container.ts";
import { ImageRoot } from "./testing/image_root.ts";

/** Flavour of the executables that are tested: full, or server without the embedded database. Unset: full. */
const flavour = Deno.env.get("TEST_FLAVOUR") ?? "full";

/**
 * Defines a test of an image with an executable of the tests.
 *
 * @param variable Names the executable. From source there is none.
 */
function testImage(
  name: string,
  { variable, needs }: { readonly variable: string; readonly needs?: string },
  run: (executable: string) => Promise<void>,
): void {
  const executable = Deno.env.get(variable);
  const reason = executable === undefined
    ? "needs a compiled executable"
    : needs !== undefined && needs !== flavour
    ? `needs the executable of the flavour ${needs}`
    : undefined;
  if (executable === undefined || reason !== undefined) {
    Deno.test({ name: `${name} (skipped: ${reason})`, ignore: true, fn(): void {} });
  } else testWithNetworkNamespace(name, () => run(executable));
}

/** Network of a container, with its address, and a database that it reaches. */
interface Network extends AsyncDisposable {
  readonly name: string;
  readonly url: string;
  readonly environment: Readonly<Record<string, string>>;
}

async function connect(): Promise<Network> {
  await using stack = new AsyncDisposableStack();
  const namespace = stack.use(await NetworkNamespace.create());
  const { outer, inner } = await namespace.link();
  const database = stack.use(await useTestDatabase());
  const proxy = stack.use(new SilentProxy(database.instance, outer));
  const kept = stack.move();
  return {
    name: namespace.name,
    url: `http://${inner}:8080`,
    environment: postgresEnvironment(proxy.instance),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** Folder that a container can write, of the user of its image. */
class Volume implements AsyncDisposable {
  private constructor(readonly folder: string, readonly target: string) {}

  static async create({ image }: ImageRoot, target: string): Promise<Volume> {
    const folder = await Deno.makeTempDir({ dir: temporaryDirectory(), prefix: "archway_volume_" });
    const [uid = 0, gid = 0] = image.user.split(":").map(Number);
    await Deno.chown(folder, uid, gid);
    return new Volume(folder, target);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** Waits until it listens and is ready. */
async function untilServing(container: Container, url: string): Promise<void> {
  await container.untilWritten('"url":"http');
  await untilReady(url);
}

/** Repeats the check, as runtimes do, until it succeeds: a busy machine may respond late. Returns what it printed. */
async function healthOf(container: Container): Promise<string> {
  for (;;) {
    const { code, output } = await container.checkHealth();
    if (code === 0) return output;
  }
}

testImage(
  "The embedded image serves from a read-only root, and writes into its volume alone",
  { variable: "TEST_EXECUTABLE", needs: "full" },
  async (file) => {
    await using root = await ImageRoot.build("embedded", file);
    await using namespace = await NetworkNamespace.create();
    const { inner } = await namespace.link();
    await using volume = await Volume.create(root, "/data");
    const before = await root.listing();
    const options = {
      network: namespace.name,
      environment: { AUTH_MODE: "none", RATE_LIMIT: "off" },
      volume,
    };
    // The second one finds the data of the first.
    for (const isFirst of [true, false]) {
      await using container = await Container.start(root, options);
      await untilServing(container, `http://${inner}:8080`);
      assertEquals(await healthOf(container), "/readyz responded with 200\n");
      const status = await container.status();
      const [uid, gid] = root.image.user.split(":");
      assertMatch(status, /^NSpid:.*\t1$/m);
      assertMatch(status, new RegExp(`^Uid:\t${uid}\t${uid}\t${uid}\t${uid}$`, "m"));
      assertMatch(status, new RegExp(`^Gid:\t${gid}\t${gid}\t${gid}\t${gid}$`, "m"));
      assertMatch(status, /^Groups:\s*$/m);
      assertMatch(status, /^CapEff:\t0+$/m);
      if (isFirst) {
        // It accepts connections then, and sends nothing.
        container.signal("SIGSTOP");
        const { code, output } = await container.checkHealth();
        assertEquals(code, 1);
        assertStringIncludes(output, "/readyz did not respond: ");
        container.signal("SIGCONT");
      }
      container.signal("SIGTERM");
      const { code, output } = await container.ended();
      assertEquals(code, 0, output);
      assertStringIncludes(output, "Server stopped");
    }
    assertEquals(await root.listing(), before);
    assertGreater((await Array.fromAsync(Deno.readDir(volume.folder))).length, 0);
  },
);

testImage(
  "The server image migrates, serves, and completes requests after SIGTERM to process 1",
  { variable: "TEST_FIXTURE_EXECUTABLE" },
  async (file) => {
    await using root = await ImageRoot.build("server", file);
    const before = await root.listing();
    await using network = await connect();
    const { name, environment, url } = network;
    await using migration = await Container.start(root, {
      network: name,
      environment,
      args: ["migrate", "up"],
    });
    const migrated = await migration.ended();
    assertEquals(migrated.code, 0, migrated.output);
    await using container = await Container.start(root, { network: name, environment });
    await untilServing(container, url);
    await healthOf(container);
    using client = await RawClient.open(url);
    const head = "Host: archway\r\nContent-Type: application/json\r\nContent-Length: 14\r\n\r\n";
    await client.send(`POST /v1/contacts HTTP/1.1\r\n${head}{"name":`);
    // Another request on the same event loop was served: the first one has begun.
    await (await fetch(`${url}/livez`)).body?.cancel();
    container.signal("SIGTERM");
    await container.untilWritten("Server is draining");
    await client.send('"Ada"}');
    assertMatch(await client.readAll(), /^HTTP\/1\.1 201 /);
    assertEquals((await container.ended()).code, 0);
    assertEquals(await root.listing(), before);
  },
);

testImage(
  "The server image with WORKERS starts, replaces and reaps processes as process 1",
  { variable: "TEST_EXECUTABLE" },
  async (file) => {
    await using root = await ImageRoot.build("server", file);
    await using network = await connect();
    const environment = {
      ...network.environment,
      WORKERS: "2",
      MIGRATE_ON_START: "true",
      ADMIN_HOST: "0.0.0.0",
      ADMIN_PORT: "9464",
    };
    // Runtimes before Deno 2.9 have no abstract sockets, over which processes report that they are ready.
    await using volume = await Volume.create(root, "/tmp");
    await using container = await Container.start(root, { network: network.name, environment, volume });
    /** Waits until two processes are ready, other than some. */
    const untilReplaced = async (former: readonly number[]): Promise<readonly number[]> => {
      for (;;) {
        const metrics = await (await fetch(network.url.replace("8080", "9464/metrics"))).text();
        const pids = [...(await container.processes()).keys()].filter((pid) => pid !== container.pid);
        const isReady = metrics.includes("\narchway_processes_ready 2\n");
        // A process that was not waited for would still be among them, as a zombie.
        if (isReady && pids.length === 2 && !former.some((pid) => pids.includes(pid))) return pids;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    await untilServing(container, network.url);
    const [killed = 0, other = 0] = await untilReplaced([]);
    Deno.kill(killed, "SIGKILL");
    assert((await untilReplaced([killed])).includes(other));
    container.signal("SIGHUP");
    await untilReplaced([killed, other]);
    await healthOf(container);
    container.signal("SIGTERM");
    const { code, output } = await container.ended();
    assertEquals(code, 0, output);
  },
);
