import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { dirname, join } from "node:path";
import { RawClient } from "@archway/server/testing/raw_client.ts";
import { errorLines } from "@archway/tools/support/error_lines.ts";
import { exists } from "@archway/tools/support/exists.ts";
import { isOpen } from "@archway/tools/support/is_open.ts";
import { NetworkNamespace, testWithNetworkNamespace } from "@archway/tools/support/network_namespace.ts";
import { execute } from "@archway/tools/support/postgres/execute.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { Program, type ProgramOptions } from "@archway/tools/support/program.ts";
import { testWithEmbedded } from "@archway/tools/support/program_storage.ts";
import { startLoad } from "@archway/tools/support/request_load.ts";

/** Several processes that serve on one port need Linux. */
const ignore = Deno.build.os !== "linux";

/** Folder for the settings, and the environment of a program that uses a database of its own. */
interface Setup extends AsyncDisposable {
  readonly environment: Readonly<Record<string, string>>;
  /** Replaces the content of SETTINGS_FILE. */
  configure(text: string): Promise<void>;
  /** Returns the number of sessions that the program has at the database. */
  sessions(): Promise<number>;
  /** Returns the channels of its sessions that wait for notifications. */
  listeners(): Promise<readonly unknown[]>;
}

async function setUp(): Promise<Setup> {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await useTestDatabase());
  const folder = await Deno.makeTempDir({ prefix: "archway_workers_" });
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  const file = join(folder, "settings.env");
  await Deno.writeTextFile(file, "");
  const kept = stack.move();
  return {
    environment: {
      ...postgresEnvironment(database.instance),
      MIGRATE_ON_START: "true",
      WORKERS: "2",
      ADMIN_PORT: "0",
      SETTINGS_FILE: file,
    },
    configure: (text) => Deno.writeTextFile(file, text),
    async sessions(): Promise<number> {
      const rows = await execute(
        database.instance,
        // The server has databases of other tests.
        "SELECT count(*)::int AS count FROM pg_stat_activity WHERE application_name = 'archway' AND datname = current_database()",
      );
      return Number(rows[0]?.["count"]);
    },
    async listeners(): Promise<readonly unknown[]> {
      const rows = await execute(
        database.instance,
        // The last statement of a session: it listens, or, after some seconds, probes and names its channel.
        `SELECT substring(query FROM 'LISTEN (\\w+)') AS channel FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND query ~ 'LISTEN \\w+'`,
      );
      return rows.map(({ channel }) => channel);
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

function start(environment: Setup["environment"], options: ProgramOptions = {}): Program {
  return new Program(environment, [], { permissions: "workers", ...options });
}

/** Waits until a number of processes is ready. */
async function untilProcesses(program: Program, count: number): Promise<string> {
  for (;;) {
    const metrics = await (await fetch(await program.metricsUrl)).text();
    if (metrics.includes(`\narchway_processes_ready ${count}\n`)) return metrics;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Returns the process ids of the processes that the program has started, by their number. */
async function processesOf(program: Program): Promise<ReadonlyMap<number, number>> {
  const { stdout } = await new Deno.Command("ps", {
    args: ["-o", "pid=,args=", "--ppid", `${program.pid}`],
  }).output();
  const lines = new TextDecoder().decode(stdout).matchAll(/^\s*(\d+) .* --worker (\d+)\/\d+$/gm);
  return new Map([...lines].map(([, pid, index]) => [Number(index), Number(pid)]));
}

/** Returns the files of the sockets by which the program and its processes notify each other, if they have some. */
async function notifySocketsOf(program: Program): Promise<readonly string[]> {
  const pids = [program.pid, ...(await processesOf(program)).values()];
  const { stdout } = await new Deno.Command("sh", {
    args: [
      "-c",
      'for pid; do readlink "/proc/$pid/fd/"*; done; cat /proc/net/unix',
      "sh",
      ...pids.map(String),
    ],
  }).output();
  const text = new TextDecoder().decode(stdout);
  const own = new Set([...text.matchAll(/^socket:\[(\d+)\]$/gm)].map(([, inode]) => inode));
  return [...text.matchAll(/ (\d+) (\/\S*\/archway_notify_\S+)$/gm)].flatMap(([, inode, path = ""]) =>
    own.has(inode) ? [path] : []
  );
}

/** Connection that a client keeps. */
interface OpenConnection {
  readonly client: RawClient;
  /** Number of the process that serves it. */
  readonly worker: number;
}

/** Requests on a connection; returns the response, or undefined if the connection has ended. */
async function request(client: RawClient, path = "/livez"): Promise<string | undefined> {
  try {
    await client.send(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    return await client.readUntil("\r\n\r\n");
  } catch {
    return undefined;
  }
}

/** Opens connections until each of two processes has some. */
async function connectToBoth(program: Program): Promise<readonly OpenConnection[]> {
  const url = await program.url;
  const kept: OpenConnection[] = [];
  const has = (worker: number): boolean => kept.filter((each) => each.worker === worker).length > 2;
  while (!has(0) || !has(1)) {
    const client = await RawClient.open(url);
    const response = await request(client, "/v1/contacts") ?? "";
    const [, id = "none"] = /x-request-id: (\S+)/i.exec(response) ?? [];
    // The process that has served it logs the request with its number.
    const [line = ""] = (await program.untilMatch(new RegExp(`.*"requestId":"${id}".*`))) ?? [];
    kept.push({ client, worker: JSON.parse(line).attributes.worker });
  }
  return kept;
}

Deno.test({
  name: "archway with WORKERS loses the connections of a killed process alone, and starts it again",
  ignore,
  async fn(): Promise<void> {
    await using setup = await setUp();
    await using program = start(setup.environment);
    await untilProcesses(program, 2);
    const kept = await connectToBoth(program);
    const metrics = await untilProcesses(program, 2);
    assertStringIncludes(metrics, "\narchway_processes_configured 2\n");
    for (const worker of [0, 1]) {
      assertMatch(metrics, new RegExp(`^archway_\\w+\\{.*worker="${worker}"\\}`, "m"));
    }
    const families = [...metrics.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    assertEquals(families.length, new Set(families).size);
    const survivors = kept.filter(({ worker }) => worker === 0);
    let isKilled = false;
    const load = survivors.map(async ({ client }) => {
      for (let last = false; !last;) {
        last = isKilled;
        assertStringIncludes(await request(client) ?? "lost", "HTTP/1.1 200 ");
      }
    });
    Deno.kill((await processesOf(program)).get(1) ?? 0, "SIGKILL");
    await program.untilMatch(/Process 1 ended with SIGKILL; starting it again in 100 ms/, "stderr");
    isKilled = true;
    await Promise.all(load);
    const lost = kept.filter(({ worker }) => worker === 1);
    assertEquals(await Promise.all(lost.map(({ client }) => request(client))), lost.map(() => undefined));
    assertStringIncludes(await untilProcesses(program, 2), "\narchway_process_restarts_total 1\n");
    const [first] = survivors;
    assert(first !== undefined);
    assertStringIncludes(await request(first.client) ?? "", "HTTP/1.1 200 ");
    // A request that has begun is completed by its process.
    await first.client.send(
      "POST /v1/contacts HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n",
    );
    await first.client.send('Content-Length: 14\r\n\r\n{"name":');
    await (await fetch(`${await program.url}/livez`)).body?.cancel();
    assertStringIncludes(await request(survivors[1]?.client ?? first.client) ?? "", "HTTP/1.1 200 ");
    const sockets = await notifySocketsOf(program);
    program.signal("SIGTERM");
    await program.untilWritten('"body":"Server is draining"');
    await first.client.send('"Ada"}');
    assertMatch(await first.client.readUntil("\r\n\r\n"), /^HTTP\/1\.1 201 /);
    for (const { client } of kept) client[Symbol.dispose]();
    const { code, stdout, stderr } = await program.ended();
    assertEquals(code, 0);
    assertEquals(stdout.match(/"body":"Server stopped"/g)?.length, 2);
    assertEquals(errorLines(stderr), []);
    for (const socket of sockets) assertEquals(await exists(dirname(socket)), false, socket);
  },
});

Deno.test({
  name: "archway with WORKERS replaces its processes on SIGHUP, and keeps them if the configuration is wrong",
  ignore,
  async fn(): Promise<void> {
    await using setup = await setUp();
    await using program = start(setup.environment);
    await untilProcesses(program, 2);
    const url = await program.url;
    const longRequest = async (): Promise<number> => {
      const response = await fetch(`${url}/livez?${"a".repeat(300)}`);
      await response.body?.cancel();
      return response.status;
    };
    const before = await processesOf(program);
    await setup.configure("LOG_LEVEL=loud\nPOSTGRES_PRIMARY_POOL_MAX_CONNS=1\n");
    program.signal("SIGHUP");
    const [line = ""] = await program.untilMatch(/.*Reload failed, keeping the processes.*/, "stderr");
    assertStringIncludes(line, "POSTGRES_PRIMARY_POOL_MAX_CONNS allows 1 for 2 processes (WORKERS)");
    assertEquals(await processesOf(program), before);
    assertEquals(await longRequest(), 200);
    await setup.configure("MAX_URL_BYTES=256\nWORKERS=3\n");
    // The environment has precedence, so there remain two processes.
    program.signal("SIGHUP");
    await program.untilWritten('"body":"Replaced all processes"');
    const after = await processesOf(program);
    assertEquals([...after.keys()].toSorted(), [0, 1]);
    assertEquals([...after.values()].some((pid) => [...before.values()].includes(pid)), false);
    await untilProcesses(program, 2);
    assertEquals(await longRequest(), 414);
    assertEquals((await program.stop()).code, 0);
  },
});

Deno.test({
  name: "archway with WORKERS starts a process that fails repeatedly with growing delays",
  ignore,
  async fn(): Promise<void> {
    await using setup = await setUp();
    await using program = start(setup.environment);
    await untilProcesses(program, 2);
    await setup.configure("LOG_LEVEL=loud\n");
    Deno.kill((await processesOf(program)).get(0) ?? 0, "SIGKILL");
    await program.untilMatch(/Process 0 ended with exit code 1; starting it again in 400 ms/, "stderr");
    const response = await fetch(`${await program.url}/readyz?verbose`);
    assertEquals(response.status, 200);
    assertStringIncludes(await response.text(), "1 of 2 processes are ready");
    await setup.configure("");
    await untilProcesses(program, 2);
    const { code, stderr } = await program.stop();
    assertEquals(code, 0);
    const delays = [...stderr.matchAll(/starting it again in (\d+) ms/g)].map(([, delay]) => Number(delay));
    assertEquals(delays.slice(0, 3), [100, 200, 400]);
  },
});

Deno.test({
  name: "the processes of archway with WORKERS end after their supervisor was killed",
  ignore,
  async fn(): Promise<void> {
    await using setup = await setUp();
    await using program = start(setup.environment);
    await untilProcesses(program, 2);
    const port = Number(new URL(await program.url).port);
    const sockets = await notifySocketsOf(program);
    await program.kill();
    while (await isOpen(port)) await new Promise((resolve) => setTimeout(resolve, 20));
    // Their sessions end with them.
    while (await setup.sessions() > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    for (const socket of sockets) assertEquals(await exists(dirname(socket)), false, socket);
  },
});

Deno.test({
  name: "archway with WORKERS divides its connections to the database",
  ignore,
  async fn(): Promise<void> {
    await using setup = await setUp();
    const environment = { POSTGRES_PRIMARY_POOL_MAX_CONNS: "5", POSTGRES_POOL_MIN_CONNS: "5" };
    await using program = start({ ...setup.environment, ...environment });
    await untilProcesses(program, 2);
    const load = startLoad("kept", `${await program.url}/v1/contacts`);
    while (await setup.sessions() < 5) await new Promise((resolve) => setTimeout(resolve, 20));
    // Each process may have two more, for probes and migrations; without a division there were at least ten.
    for (let round = 0; round < 10; round++) assert(await setup.sessions() <= 9);
    assertEquals((await load.end()).failures, {});
    assertEquals((await program.stop()).code, 0);
  },
});

Deno.test({
  name: "archway with WORKERS notifies systemd of its own state",
  ignore,
  async fn(): Promise<void> {
    await using setup = await setUp();
    const folder = await Deno.makeTempDir({ prefix: "archway_notify_" });
    const path = join(folder, "socket");
    const received = Deno.listenDatagram({ transport: "unixpacket", path });
    const until = async (state: string): Promise<void> => {
      while (new TextDecoder().decode((await received.receive())[0]) !== state);
    };
    const environment = { ...setup.environment, NOTIFY_SOCKET: path, WATCHDOG_USEC: "60000000" };
    await using program = start(environment);
    await until("READY=1");
    assertEquals((await processesOf(program)).size, 2);
    program.signal("SIGHUP");
    for (const state of ["RELOADING=1", "READY=1"]) await until(state);
    const stopping = until("STOPPING=1");
    assertEquals((await program.stop()).code, 0);
    await stopping;
    received.close();
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test({
  name: "archway with WORKERS runs background work in one process",
  ignore,
  async fn(): Promise<void> {
    await using setup = await setUp();
    await using program = start(setup.environment, { main: "main.ts" });
    await untilProcesses(program, 2);
    // Events and jobs wait for notifications of channels of their own.
    while ((await setup.listeners()).length === 0);
    for (let round = 0; round < 10; round++) {
      const listeners = await setup.listeners();
      assertEquals(listeners.length, new Set(listeners).size, `${listeners}`);
    }
    assertEquals((await program.stop()).code, 0);
  },
});

Deno.test({
  name: "archway with WORKERS refuses a port in use, and limits below the number of processes",
  ignore,
  async fn(): Promise<void> {
    await using setup = await setUp();
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const ended = async (
      more: Readonly<Record<string, string>>,
      options?: ProgramOptions,
    ): Promise<unknown> => {
      await using program = start({ ...setup.environment, ...more }, options);
      program.url.catch(() => {});
      const { code, stderr } = await program.ended();
      return [code, stderr];
    };
    assertEquals(await ended({ PORT: `${listener.addr.port}` }), [
      1,
      `Cannot listen on 127.0.0.1:${listener.addr.port}: the address is already in use; stop the program that listens ` +
      "there, or set PORT to another port\n",
    ]);
    assertEquals(await ended({ MAX_CONNECTIONS: "1", SLOW_CLIENT_GUARD: "on" }), [
      1,
      "Invalid configuration:\n  MAX_CONNECTIONS allows 1 for 2 processes (WORKERS); each of them needs at least 1\n",
    ]);
  },
});

testWithEmbedded(
  "archway with WORKERS and the embedded database serves from one process, and reports it",
  async () => {
    const folder = await Deno.makeTempDir({ prefix: "archway_workers_" });
    try {
      await using program = new Program({ WORKERS: "2", EMBEDDED_DATA_DIR: folder });
      await program.url;
      const { code, stderr } = await program.stop();
      assertEquals([code, stderr], [
        0,
        "WORKERS is 2, but one process serves: the embedded database serves one process\n",
      ]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);

testWithNetworkNamespace(
  "archway with WORKERS loses no request while its processes are replaced",
  async () => {
    await using namespace = await NetworkNamespace.create();
    // Connections that wait for one process, when it stops listening, get another.
    await namespace.run("sysctl", "-q", "-w", "net.ipv4.tcp_migrate_req=1");
    await using setup = await setUp();
    const options = { networkNamespace: namespace.name };
    await using program = start({ ...setup.environment, SLOW_CLIENT_GUARD: "on" }, options);
    const url = await program.url;
    await program.untilMatch(/(?:Server is listening[^]*){2}/);
    const loads = (["new", "kept"] as const).map((mode) => startLoad(mode, `${url}/v1/contacts`, options));
    await Promise.all(loads.map(({ started }) => started));
    for (let round = 1; round <= 3; round++) {
      program.signal("SIGHUP");
      await program.untilMatch(new RegExp(`(?:Replaced all processes[^]*){${round}}`));
    }
    for (const load of loads) {
      const { succeeded, failures } = await load.end();
      assertEquals(failures, {});
      assert(succeeded > 0);
    }
    assertEquals((await program.stop()).code, 0);
  },
);
