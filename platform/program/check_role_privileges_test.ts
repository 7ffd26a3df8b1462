import { assertEquals } from "@std/assert";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { checkRolePrivileges } from "./check_role_privileges.ts";

Deno.test("checkRolePrivileges() reports a superuser", async () => {
  await using database = await useTestDatabase();
  await using pool = openPool({ primary: database.instance, replicas: [] });
  const options = { migrates: true, signal: AbortSignal.timeout(60_000) };
  const excess = await checkRolePrivileges(pool.writer(), options);
  assertEquals(excess, { role: database.instance.user, privileges: "superuser" });
});
