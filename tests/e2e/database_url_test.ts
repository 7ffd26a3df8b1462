import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { startPostgres } from "@archway/tools/support/postgres/start_postgres.ts";
import { Program, untilReady } from "@archway/tools/support/program.ts";

const SERVING = {
  HMAC_SECRET: "0123456789abcdef0123456789abcdef",
  AUTH_MODE: "none",
  MIGRATE_ON_START: "true",
};

Deno.test("archway stores data on the server of DATABASE_URL, and logs which one without its password", async () => {
  await using server = await startPostgres({ tcp: true });
  const { user, password, database } = await server.createDatabase("by_url");
  const { host, port } = server.tcpInstance;
  const url = `postgres://${user}:${
    encodeURIComponent(password)
  }@${host}:${port}/${database}?options=-c%20lock_timeout%3D7s`;
  const contact = { name: "Ada" };
  {
    await using program = new Program({ ...SERVING, DATABASE_URL: url });
    const address = await program.url;
    await untilReady(address);
    const response = await fetch(`${address}/v1/contacts`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(contact),
    });
    assertEquals(response.status, 201);
    await response.body?.cancel();
    const { stdout, stderr } = await program.stop();
    assertStringIncludes(stdout + stderr, `PostgreSQL at ${host}:${port}/${database}`);
    assert(password === "" || !(stdout + stderr).includes(password));
  }
  // Another start finds it there, and nothing in a directory of its own.
  await using program = new Program({ ...SERVING, DATABASE_URL: url });
  const address = await program.url;
  await untilReady(address);
  const { data } = await (await fetch(`${address}/v1/contacts`)).json();
  assertEquals(data.map(({ name }: { name: string }) => name), [contact.name]);
});

Deno.test("archway does not start on the embedded database where another variable names a server", async () => {
  for (
    const [name, reason] of [
      ["PGHOST", "PGHOST names a server, and is not a setting"],
      ["POSTGRES_HOST", "POSTGRES_HOST is not a setting; did you mean POSTGRES_PRIMARY_HOST?"],
      ["POSTGRES_URL", "POSTGRES_URL is not a setting; did you mean DATABASE_URL?"],
      ["DATABASE_URL", "DATABASE_URL must be a URL such as postgres://user:password@host:5432/database"],
    ] as const
  ) {
    await using program = new Program({ [name]: "planted" });
    const { code, stderr } = await program.ended();
    assertEquals(code, 1);
    assertStringIncludes(stderr, reason);
    assertFalse(stderr.includes("planted"));
  }
});
