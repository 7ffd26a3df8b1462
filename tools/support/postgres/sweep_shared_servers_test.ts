import { assertEquals } from "@std/assert";
import { startPostgres } from "./start_postgres.ts";
import { sweepSharedServers } from "./sweep_shared_servers.ts";

Deno.test("sweepSharedServers() only stops the servers of processes that have ended", async () => {
  const folder = await Deno.makeTempDir();
  const prefix = `${folder}/shared_`;
  const gone = new Deno.Command("true").spawn();
  await gone.status;
  const server = await startPostgres();
  await using other = await startPostgres();
  for (const [pid, { instance }] of [[gone.pid, server], [Deno.pid, other]] as const) {
    await Deno.mkdir(`${prefix}${pid}`);
    await Deno.writeTextFile(`${prefix}${pid}/instance.json`, JSON.stringify(instance));
  }
  await sweepSharedServers(prefix);
  assertEquals(await Array.fromAsync(Deno.readDir(folder), ({ name }) => name), [`shared_${Deno.pid}`]);
  assertEquals(await Deno.stat(server.instance.host).catch(() => "removed"), "removed");
  assertEquals((await Deno.stat(other.instance.host)).isDirectory, true);
  await Deno.remove(folder, { recursive: true });
});
