import { assertRejects } from "@std/assert";
import type { Querier, QueryResult } from "../db.ts";
import { checkTarget } from "./check_target.ts";
import { CopyError } from "./copy_error.ts";

/** Querier of a server with these properties. No server of another version or encoding is available. */
function server(more: Readonly<Record<string, unknown>> = {}): Querier {
  const itself = { version: 180_004, embedded: false, encoding: "UTF8", standby: false, schema: "public" };
  const row = { ...itself, mayCreate: true, user: "ann", ...more };
  return {
    query: <Row extends object>(text: string): Promise<QueryResult<Row>> => {
      const rows: unknown[] = text.includes("largeobject") ? [] : [row];
      return Promise.resolve({
        rows: rows.filter((each): each is Row => each === row),
        rowCount: rows.length,
      });
    },
  };
}

Deno.test("checkTarget() accepts the same and later versions", async () => {
  await checkTarget(server(), server({ version: 180_000 }));
  await checkTarget(server(), server({ version: 190_001 }));
});

Deno.test("checkTarget() reports why a target cannot take a copy", async () => {
  const refusals: readonly (readonly [more: Readonly<Record<string, unknown>>, reason: string])[] = [
    [{ version: 170_009 }, "The target is PostgreSQL 17, but 18 or later is required"],
    [{ embedded: true }, "The target is an embedded database: specify a PostgreSQL server"],
    [{ standby: true }, "The target is a read-only standby: specify the primary"],
    [{ encoding: "SQL_ASCII" }, "The target's encoding is SQL_ASCII, but UTF8 is required"],
    [{ schema: null }, "The target has no schema that the user ann can access"],
    [
      { schema: "app" },
      "The user ann creates tables in the schema app of the target, but those of the embedded",
    ],
    [{ mayCreate: false }, "The user ann cannot create tables in the schema public of the target"],
  ];
  for (const [more, reason] of refusals) {
    await assertRejects(() => checkTarget(server(), server(more)), CopyError, reason);
  }
});
