import { isObject } from "../../../oapi_codegen/document/json_value.ts";
import type { OperationModel } from "../../../oapi_codegen/operations/model.ts";
import type { Collection } from "../collection.ts";
import { servedOperations } from "../plan_service.ts";
import { literal, type ServiceNaming } from "./code.ts";

/** Scopes of the bearer token that an operation accepts; undefined if it accepts none alone. */
function bearerScopes({ security }: OperationModel): readonly string[] | undefined {
  const accepted = security.find(([scheme, ...others]) => scheme?.kind === "bearer" && others.length === 0);
  return accepted?.[0]?.scopes;
}

/**
 * Returns the tests of ownership, on every database; undefined if rows have no owner, or if its operations take no bearer
 * tokens, with which the tests are written.
 */
export function accessTestText(service: ServiceNaming, collection: Collection): string | undefined {
  const { names: { plural, one }, key, create, read, lists, isOwned, samples: [first], keys } = collection;
  const scopes = servedOperations(collection).map(bearerScopes);
  const created = create.response;
  if (!isOwned || read === undefined || created.representation === undefined || !isObject(first)) {
    return undefined;
  }
  if (scopes.some((found) => found === undefined)) return undefined;
  const { [key.property]: _, ...rest } = first;
  const keyed = key.namedBy === "client"
    ? { ...rest, [key.property]: keys.made[0] ?? "" }
    : create.key === "required"
    ? first
    : rest;
  const wanted = [...new Set(scopes.flatMap((found) => found ?? []))].toSorted();
  const item = created.property === undefined
    ? "created.json"
    : `member(created.json, ${JSON.stringify(created.property)})`;
  const list = lists.find(({ filters }) => !filters.some(({ isRequired }) => isRequired));
  const items = list?.property === undefined ? "json" : `member(json, ${JSON.stringify(list.property)})`;
  const counting = list === undefined ? "" : `
      const count = async (token: string): Promise<number | undefined> => {
        const { json } = await exchange(server, "GET ${list.operation.path}", as(token));
        return lengthOf(${items});
      };
      assertEquals([await count("ada"), await count("bob"), await count("admin")], [1, 0, 1]);`;
  const names = ["exchange", ...(list === undefined ? [] : ["lengthOf"]), "member"];
  return `import { assertEquals } from "@std/assert";
import type { Authenticator } from "@archway/server/authenticator.ts";
import type { Principal } from "@archway/server/request_context.ts";
import { withAuthenticator } from "@archway/server/server_options.ts";
import { ${names.join(", ")} } from "@archway/tools/support/exchange_json.ts";
import { DATABASES } from "./testing/${service.api}_databases.ts";
import { ${service.camel}Server } from "./testing/${service.api}_server.ts";

const SCOPES: readonly string[] = ${literal(wanted)};
const BODY = ${literal(keyed)};

/** Accepts the name of a subject as its token. */
const authenticator: Authenticator = {
  authenticate(token): Principal {
    const more = token === "admin" ? ["${service.name}:admin"] : [];
    return { subject: token, scopes: new Set([...SCOPES, ...more]) };
  },
};

function as(token: string): { readonly headers: Readonly<Record<string, string>> } {
  return { headers: { Authorization: \`Bearer \${token}\` } };
}

for (const [name, open] of Object.entries(DATABASES)) {
  Deno.test(\`access to ${plural.words} on \${name}\`, async (t) => {
    await using database = await open();
    await using server = ${service.camel}Server(database.pool, withAuthenticator(authenticator));
    await t.step("${one} is accessible only to its owner and to administrators", async () => {
      const created = await exchange(server, "POST ${create.operation.path}", { ...as("ada"), body: BODY });
      assertEquals(created.status, ${created.success.response.status});
      const key = String(member(${item}, ${JSON.stringify(key.property)}));
      const status = async (token: string): Promise<number> =>
        (await exchange(server, \`GET ${
    read.operation.path.replace(/\{[^{}]+\}/, "${encodeURIComponent(key)}")
  }\`, as(token))).status;
      const success = ${read.response.success.response.status};
      assertEquals([await status("ada"), await status("bob"), await status("admin")], [success, 404, success]);${counting}
    });
    await t.step("requests without a token are refused", async () => {
      assertEquals((await exchange(server, "POST ${create.operation.path}", { body: BODY })).status, 401);
    });
  });
}
`;
}
