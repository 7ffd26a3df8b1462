import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { errorLines } from "@archway/tools/support/error_lines.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { Program, untilReady } from "@archway/tools/support/program.ts";

async function withFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "archway_e2e_" });
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function create(url: string, name: string): Promise<string> {
  const response = await fetch(`${url}/v1/contacts`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ name }),
  });
  const { data } = await response.json();
  assertEquals(response.status, 201);
  return data.id;
}

async function readName(url: string, id: string): Promise<string> {
  const response = await fetch(`${url}/v1/contacts/${id}`);
  assertEquals(response.status, 200);
  return (await response.json()).data.name;
}

Deno.test("archway loses no acknowledged write when it is killed", async () => {
  await withFolder(async (folder) => {
    const acknowledged = new Map<string, string>();
    for (let round = 0; round < 4; round++) {
      await using program = new Program({ EMBEDDED_DATA_DIR: folder });
      const url = await program.url;
      await untilReady(url);
      for (const [id, name] of acknowledged) assertEquals(await readName(url, id), name);
      for (let index = 0; index <= round; index++) {
        const name = `Person ${round}.${index}`;
        acknowledged.set(await create(url, name), name);
      }
      await program.kill();
    }
  });
});

Deno.test("archway accepts a cursor from before a restart", async () => {
  await withFolder(async (folder) => {
    let query = "";
    for (const round of [1, 2]) {
      await using program = new Program({ EMBEDDED_DATA_DIR: folder });
      const url = await program.url;
      await untilReady(url);
      if (round === 1) {
        await create(url, "Ada");
        await create(url, "Bob");
        const { meta } = await (await fetch(`${url}/v1/contacts?limit=1`)).json();
        query = `?limit=1&after=${meta.nextCursor}`;
      }
      const { data } = await (await fetch(`${url}/v1/contacts${query}`)).json();
      assertEquals(data.map(({ name }: { name: string }) => name), ["Ada"]);
      await program.stop();
    }
  });
});

Deno.test("archway rejects a data directory in use by another process", async () => {
  await withFolder(async (folder) => {
    await using first = new Program({ EMBEDDED_DATA_DIR: folder });
    await untilReady(await first.url);
    await using second = new Program({ EMBEDDED_DATA_DIR: folder });
    const { code, stderr } = await second.ended();
    assertEquals(code, 1);
    assertStringIncludes(stderr, folder);
    assertEquals(stderr.trim().split("\n").length, 1);
    await untilReady(await first.url);
  });
});

Deno.test("archway reports an unusable data directory in one line", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/file`, "");
    await using program = new Program({ EMBEDDED_DATA_DIR: `${folder}/file/data` });
    const { code, stderr } = await program.ended();
    assertEquals([code, stderr.trim().split("\n").length], [1, 1]);
    assertStringIncludes(stderr, `${folder}/file/data`);
  });
});

Deno.test("archway reports a port in use in one line", async () => {
  await withFolder(async (folder) => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    await using program = new Program({ EMBEDDED_DATA_DIR: folder, PORT: String(listener.addr.port) });
    const { code, stderr } = await program.ended();
    assertEquals(code, 1);
    assertMatch(stderr, new RegExp(`^[^\\n]*127\\.0\\.0\\.1:${listener.addr.port}[^\\n]*\\n$`));
  });
});

Deno.test("archway lists every configuration error without values", async () => {
  await withFolder(async (folder) => {
    await using program = new Program({
      EMBEDDED_DATA_DIR: folder,
      POSTGRES_PRIMARY_HOST: "127.0.0.1",
      POSTGRES_PRIMARY_PASSWORD: "planted-password",
      HMAC_SECRET: "planted-secret",
      LOG_LEVEL: "planted-level",
    });
    const { code, stdout, stderr } = await program.ended();
    assertEquals(code, 1);
    for (const name of ["POSTGRES_PRIMARY_USER", "POSTGRES_PRIMARY_DATABASE", "HMAC_SECRET", "LOG_LEVEL"]) {
      assertStringIncludes(stderr, name);
    }
    assert(!`${stdout}${stderr}`.includes("planted"));
  });
});

Deno.test("archway reports an unknown option or command, and prints its usage", async () => {
  await withFolder(async (folder) => {
    // No service of the fixture has background work.
    for (const unknown of ["--nope", "worker", "toString"]) {
      await using program = new Program({ EMBEDDED_DATA_DIR: folder }, [unknown]);
      const { code, stderr } = await program.ended();
      assertEquals(code, 2, unknown);
      assertStringIncludes(stderr, `archway: unknown command "${unknown}"\nUsage: archway `);
    }
  });
});

Deno.test("archway help and --help print the usage of the program and its services", async () => {
  for (const args of [["help"], ["--help"]]) {
    await using program = new Program({}, args);
    const { code, stdout, stderr } = await program.ended();
    assertEquals([code, stderr], [0, ""], args.join(" "));
    assertMatch(stdout, /^Usage: archway \[command\] \[options\]\n[^]*^ {2}serve /m);
    assertMatch(stdout, /^ {2}fill +\S/m);
  }
  for (const args of [["fill", "-h"], ["help", "fill"]]) {
    await using program = new Program({}, args);
    const { code, stdout, stderr } = await program.ended();
    assertEquals([code, stderr], [0, ""], args.join(" "));
    assertEquals(stdout, "Usage: archway fill <number>\n\nAdd generated contacts.\n");
  }
});

Deno.test("archway --version prints the version of the project", async () => {
  await using program = new Program({}, ["--version"]);
  assertEquals(await program.ended(), { code: 0, stdout: "archway 1.2.3\n", stderr: "" });
});

Deno.test("archway migrates once when several instances start together on one database", async () => {
  await using database = await useTestDatabase();
  const environment = { ...postgresEnvironment(database.instance), MIGRATE_ON_START: "true" };
  await using first = new Program(environment);
  await using second = new Program(environment);
  await using third = new Program(environment);
  const urls = await Promise.all([first.url, second.url, third.url]);
  await Promise.all(urls.map(untilReady));
  const id = await create(urls[0], "Ada");
  for (const url of urls) assertEquals(await readName(url, id), "Ada");
  const endings = await Promise.all([first.stop(), second.stop(), third.stop()]);
  assertEquals(endings.map(({ code }) => code), [0, 0, 0]);
  for (const { stderr } of endings) assertEquals(errorLines(stderr), []);
  assertEquals(endings.filter(({ stdout }) => stdout.includes("create_contacts")).length, 1);
});

Deno.test("archway completes requests in flight before it stops", async () => {
  await withFolder(async (folder) => {
    await using program = new Program({ EMBEDDED_DATA_DIR: folder, ADMIN_PORT: "0" });
    const [url, metricsUrl] = await Promise.all([program.url, program.metricsUrl]);
    await untilReady(url);
    // A request whose body is still arriving when the signal comes.
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    const pending = fetch(`${url}/v1/contacts`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: readable,
    });
    await writer.write(new TextEncoder().encode('{"name":'));
    const isInFlight = async (): Promise<boolean> =>
      /^archway_request_in_flight 1$/m.test(await (await fetch(metricsUrl)).text());
    while (!await isInFlight()) await new Promise((resolve) => setTimeout(resolve, 20));
    program.signal("SIGTERM");
    await program.untilWritten("Server is draining");
    await writer.write(new TextEncoder().encode('"Ada"}'));
    await writer.close();
    const response = await pending;
    assertEquals(response.status, 201, await response.text());
    const { code, stderr } = await program.ended();
    assertEquals([code, stderr], [0, ""]);
  });
});
