import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { MigrationError } from "@archway/db/errors.ts";
import { newMigration } from "./new_migration.ts";

const now = new Date("2026-11-22T23:59:59.900Z");
const PROFILES = { name: "profile_service", directory: "not looked at" };
const PAYMENTS = { name: "payment_service", directory: "not looked at" };

async function withRoot(run: (root: string) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "archway_new_" });
  try {
    for (const { name } of [PROFILES, PAYMENTS]) {
      await Deno.mkdir(`${root}/${name}/migrations`, { recursive: true });
    }
    await run(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("newMigration() writes a file with both marks, named by the time in UTC", async () => {
  await withRoot(async (root) => {
    const path = await newMigration([PROFILES], "add_phone", { service: undefined, root, now });
    assertEquals(path, "profile_service/migrations/20261122235959_add_phone.sql");
    assertEquals(await Deno.readTextFile(`${root}/${path}`), "-- migrate:up\n\n\n-- migrate:down\n\n");
    // Within the same second, even of another service.
    const sources = [PROFILES, PAYMENTS];
    const second = await newMigration(sources, "add_phone", { service: "payment_service", root, now });
    assertEquals(second, "payment_service/migrations/20261123000000_add_phone.sql");
  });
});

Deno.test("newMigration() refuses bad names and services it cannot choose", async () => {
  await withRoot(async (root) => {
    const both = [PROFILES, PAYMENTS];
    const refuse = async (name: string, service: string | undefined, expected: string): Promise<void> => {
      const { message } = await assertRejects(
        () => newMigration(both, name, { service, root, now }),
        MigrationError,
      );
      assertStringIncludes(message, expected);
    };
    for (const name of ["", "Add", "1st", "a b", "a-b", "a__b", "_a", "a_", "../a", "ä", "a".repeat(101)]) {
      await refuse(name, "profile_service", "small letters");
    }
    await refuse("add_phone", undefined, "--service has to say which: profile_service, payment_service");
    await refuse("add_phone", "other_service", "There is no such service");
    await Deno.remove(`${root}/profile_service`, { recursive: true });
    await refuse("add_phone", "profile_service", "There is no profile_service/migrations here");
  });
});
