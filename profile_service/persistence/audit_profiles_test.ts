import { assertEquals } from "@std/assert";
import { withAuthenticator } from "@archway/server/server_options.ts";
import { databasesWith } from "@archway/tools/support/databases_with.ts";
import { serviceMigrations } from "@archway/tools/support/service_databases.ts";
import { serviceServer } from "@archway/tools/support/service_server.ts";
import { services } from "../../services.ts";
import { profileModule } from "../module.ts";

/** Absent in copies without privacy. */
const privacy = services.filter(({ name }) => name === "privacy");

/** Authenticator whose tokens are subjects; "admin" may read and change every profile. */
const byName = withAuthenticator({
  authenticate: (subject) => ({
    subject,
    scopes: new Set(["profiles:read", "profiles:write", ...(subject === "admin" ? ["profiles:admin"] : [])]),
  }),
});

for (const [name, open] of Object.entries(databasesWith(serviceMigrations(...privacy, profileModule)))) {
  Deno.test({
    name: `PostgresProfileRepository records who reads and changes profiles on ${name}`,
    ignore: privacy.length === 0,
    async fn(): Promise<void> {
      await using database = await open();
      const { pool } = database;
      const server = serviceServer(pool, {
        services: [...privacy, profileModule],
        settings: { AUDIT_LOG: "all" },
        options: [byName],
      });
      const send = async (as: string, line: string, body?: unknown): Promise<Response> => {
        const [method = "", target = ""] = line.split(" ");
        const headers = {
          ...{ Authorization: `Bearer ${as}`, "Content-Type": "application/json" },
          ...(["PUT", "DELETE"].includes(method) && { "If-Match": "*" }),
        };
        const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
        return await server.fetch(new Request(`http://localhost${target}`, init));
      };
      const body = { name: "Ada", email: "ada@example.com" };
      const created = await send("ada", "POST /v1/profiles", body);
      const { data: { id } }: { readonly data: { readonly id: string } } = await created.json();
      // Refused, and so not recorded.
      assertEquals((await send("bob", "POST /v1/profiles", body)).status, 409);
      assertEquals((await send("bob", `GET /v1/profiles/${id}`)).status, 404);
      assertEquals((await send("admin", "GET /v1/profiles")).status, 200);
      // In the log, ids are in lower case.
      const path = `/v1/profiles/${id.toUpperCase()}`;
      assertEquals((await send("admin", `PUT ${path}`, { name: "Ada" })).status, 200);
      assertEquals((await send("ada", `DELETE ${path}`)).status, 204);
      const query = async (text: string): Promise<unknown> => (await pool.writer().query(text)).rows;
      const row = { resource: "profile", ids: [id] };
      const columns = "actor, action, resource, ids from audit_log where action";
      assertEquals(await query(`select ${columns} <> 'read' order by position`), [
        { actor: "ada", action: "create", ...row },
        { actor: "admin", action: "update", ...row },
        { actor: "ada", action: "delete", ...row },
      ]);
      const reads = `select ${columns} = 'read'`;
      while ((await pool.writer().query(reads)).rowCount === 0) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      assertEquals(await query(reads), [{ actor: "admin", action: "read", ...row }]);
    },
  });
}
