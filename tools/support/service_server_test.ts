import { assertEquals, assertStringIncludes } from "@std/assert";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { contactServer } from "./contact_server.ts";
import { useEmbeddedDatabase } from "./embedded/use_embedded_database.ts";
import { GENEROUS_TIMEOUTS } from "./generous_timeouts.ts";

/** Returns what a function writes to standard error. */
async function standardErrorOf(run: () => Promise<void>): Promise<string> {
  const written: string[] = [];
  const { writeSync } = Deno.stderr;
  Deno.stderr.writeSync = (bytes) => written.push(new TextDecoder().decode(bytes));
  try {
    await run();
  } finally {
    Deno.stderr.writeSync = writeSync;
  }
  return written.join("");
}

Deno.test("serviceServer() prints the cause of a response with 500", async () => {
  await using database = await useEmbeddedDatabase({ migrations: [] });
  await using pool = openPool({ primary: database.instance, replicas: [], ...GENEROUS_TIMEOUTS });
  await using server = contactServer(pool);
  const printed = await standardErrorOf(async () => {
    const response = await server.fetch(new Request("http://127.0.0.1/v1/contacts"));
    assertEquals(response.status, 500);
    await response.body?.cancel();
  });
  assertStringIncludes(printed, "GET /v1/contacts failed with status 500: ");
  assertStringIncludes(printed, 'relation "contacts" does not exist');
});
