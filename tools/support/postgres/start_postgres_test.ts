import { assertEquals, assertMatch } from "@std/assert";
import postgres from "postgres";
import { startPostgres } from "./start_postgres.ts";

Deno.test("startPostgres() serves PostgreSQL 18 over a Unix socket and TCP", async () => {
  await using server = await startPostgres({ tcp: true });
  for (const instance of [server.instance, server.tcpInstance]) {
    const sql = postgres({ ...instance, max: 1 });
    const rows = await sql<{ version: string }[]>`SELECT version()`;
    await sql.end();
    assertMatch(rows[0]?.version ?? "", /^PostgreSQL 18\./);
  }
});

Deno.test("startPostgres() can be killed and restarted on its data", async () => {
  await using server = await startPostgres({ durable: true });
  const instance = await server.createDatabase("restarted");
  await server.kill();
  await server.start();
  const sql = postgres({ ...instance, max: 1 });
  const rows = await sql<{ name: string }[]>`SELECT current_database() AS name`;
  await sql.end();
  assertEquals(rows[0]?.name, "restarted");
  await server.stop();
});

Deno.test("startPostgres() leaves no server behind when its process is killed", async () => {
  await Promise.all(["", "await server.pause();"].map(endWithProcess));
});

/** Starts a server in a child process and kills that. Waits until the server's directory is removed. */
async function endWithProcess(before: string): Promise<void> {
  const program = `
    import { startPostgres } from ${JSON.stringify(import.meta.resolve("./start_postgres.ts"))};
    const server = await startPostgres();
    ${before}
    console.log(server.instance.host);
    await new Promise(() => setInterval(() => {}, 1000));
  `;
  const args = ["run", "-A", "--no-check", "--ext=ts", "--config", configFile(), "-"];
  const child = new Deno.Command(Deno.execPath(), { args, stdin: "piped", stdout: "piped" }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(program));
  await writer.close();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let directory = "";
  while (!directory.endsWith("\n")) directory += (await reader.read()).value ?? "\n";
  child.kill("SIGKILL");
  await child.status;
  await reader.cancel();
  while (await Deno.stat(directory.trim()).then(() => true, () => false)) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function configFile(): string {
  return new URL("../../../deno.json", import.meta.url).pathname;
}
