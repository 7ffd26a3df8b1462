import { assertRejects } from "@std/assert";
import type { Querier, QueryResult } from "../db.ts";
import { checkTarget } from "./check_target.ts";
import { CopyError } from "./copy_error.ts";

/** A server that says this of itself: there is none of another version or encoding here. */
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

Deno.test("checkTarget() takes the same version and later ones", async () => {
  await checkTarget(server(), server({ version: 180_000 }));
  await checkTarget(server(), server({ version: 190_001 }));
});

Deno.test("checkTarget() says why a target cannot take a copy", async () => {
  const refusals: readonly (readonly [more: Readonly<Record<string, unknown>>, reason: string])[] = [
    [{ version: 170_009 }, "The target is PostgreSQL 17, and 18 or later is needed"],
    [{ embedded: true }, "The target is an embedded database: name a PostgreSQL server"],
    [{ standby: true }, "The target is a standby, which takes no writes: name the primary"],
    [{ encoding: "SQL_ASCII" }, "The target's encoding is SQL_ASCII, and UTF8 is needed"],
    [{ schema: null }, "The target has no schema that ann may use"],
    [{ mayCreate: false }, "The user ann may not make tables in the schema public of the target"],
  ];
  for (const [more, reason] of refusals) {
    await assertRejects(() => checkTarget(server(), server(more)), CopyError, reason);
  }
});
