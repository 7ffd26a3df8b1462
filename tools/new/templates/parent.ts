import { type Parent, parentProperty } from "../find_parent.ts";
import { literal } from "../field_samples.ts";
import type { NewService } from "../new_service.ts";

/** Files of a service whose resources belong to those of another one, before formatting. */
export function parentFiles(service: NewService): ReadonlyMap<string, string> {
  const { parent, names: { folder } } = service;
  if (parent === undefined) return new Map();
  return new Map([
    [`${folder}/persistence/${parent.names.snake}_directory.ts`, directoryText(parent)],
    [`${folder}/testing/create_${parent.names.snake}.ts`, createParentText(parent)],
  ]);
}

function directoryText({ names: { pascal, words }, view }: Parent): string {
  return `import type { Querier, QueryOptions } from "@archway/db/db.ts";
import type { ResourceKey } from "@archway/service_kit/access_scope.ts";
import { andOwned, scopedStatement, statementFor } from "@archway/service_kit/scoped_statement.ts";
import type { ${pascal}Directory } from "../ports.ts";

const FIND_ACTIVE = scopedStatement(
  (owner) => \`select from ${view} where id = $1 and deleted_at is null\${andOwned(owner)}\`,
  1,
);

/** Finds a ${words} through the view that the ${words} service publishes in the same database. */
export class Postgres${pascal}Directory implements ${pascal}Directory {
  async isActive(db: Querier, { id, scope }: ResourceKey, options?: QueryOptions): Promise<boolean> {
    return (await db.query(...statementFor(FIND_ACTIVE, scope, [id]), options)).rowCount > 0;
  }
}
`;
}

function createParentText({ names: { pascal, snake }, one, path, body, scopes }: Parent): string {
  return `import { assertEquals } from "@std/assert";
import type { Server } from "@archway/server/server.ts";
import { sendRequest } from "@archway/tools/support/send_request.ts";

/** Scopes of tokens that create ${one} and read it. */
export const ${snake.toUpperCase()}_SCOPES: readonly string[] = ${JSON.stringify(scopes)};

/** Creates ${one} for tests, as the caller whose token is in the headers, and returns its id. */
export async function create${pascal}(
  server: Server,
  headers: Readonly<Record<string, string>> = {},
): Promise<string> {
  const created = await sendRequest(server, "POST ${path}", { headers, body: ${literal(body)} });
  assertEquals(created.status, 201);
  return created.body?.data?.id ?? "";
}
`;
}

/** Returns the port of ports.ts. */
export function parentPort({ names: { pascal }, one, folder }: Parent): string {
  return `
/** Finds resources of ${folder}, which publishes them. */
export interface ${pascal}Directory {
  /** Returns whether the access scope has ${one} with the id that is not deleted. */
  isActive(db: Querier, key: ResourceKey, options?: QueryOptions): Promise<boolean>;
}
`;
}

/** Returns the rule of the domain that resources stay with their parent. */
export function parentRule({ names: { singular }, parent }: NewService): string {
  if (parent === undefined) return "";
  const [Type, property] = [singular.pascal, parentProperty(parent)];
  return `
/**
 * Returns the input of a change.
 *
 * @throws {DomainError} "invalid-${singular.kebab}" if it has another ${parent.names.words}.
 */
export function keep${parent.names.pascal}(current: ${Type}, input: ${Type}Input): ${Type}Input {
  if (input.${property} === current.${property}) return input;
  throw invalidError("${singular.kebab}", [{ field: "${property}", reason: "cannot be changed" }]);
}
`;
}

/** Returns the row of the table of problem types. */
export function parentProblem({ names: { kebab, words } }: Parent): string {
  return `  "unknown-${kebab}": {
    title: "Unknown ${words}",
    status: 422,
    detail: "No active ${words} with this id exists, or it is not accessible to the caller.",
  },
`;
}
