import { assert, assertEquals } from "@std/assert";
import { openDriver } from "@archway/db/postgres/connection/open_driver.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { contactServer } from "../../support/contact_server.ts";
import { useTestDatabase } from "../../support/postgres/use_test_database.ts";
import { bareHandler } from "../bare_handler.ts";
import { seedContacts } from "../seed_contacts.ts";
import { probePeer } from "./probe_peer.ts";

const LIST = "http://127.0.0.1/v1/contacts";

Deno.test("probePeer() accepts the service, and reports each response that differs", async () => {
  await using database = await useTestDatabase();
  const [id = ""] = await seedContacts(database.instance, { sampleSize: 1, count: 100 });
  await using pool = openPool({ primary: database.instance, replicas: [] });
  await using server = contactServer(pool);
  const fetch = (request: Request): Response | Promise<Response> => server.fetch(request);
  assertEquals(await probePeer({ list: LIST, id, fetch }), []);

  await using stack = new AsyncDisposableStack();
  const bare = bareHandler(stack.adopt(openDriver(database.instance, {}), (driver) => driver.end()));
  assertEquals(await probePeer({ list: LIST, id, fetch: bare, isTrusting: true }), []);

  const untagged = async (request: Request): Promise<Response> => {
    const response = await server.fetch(request);
    response.headers.delete("ETag");
    return response;
  };
  const violations = await probePeer({ list: LIST, id, fetch: untagged });
  assert(violations.includes("by id: no strong ETag"), violations.join("\n"));
  // A change without an entity tag is refused.
  assert(
    violations.some((violation) => violation.endsWith("status 400 instead of 200")),
    violations.join("\n"),
  );
});
