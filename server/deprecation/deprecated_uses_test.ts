import { assertEquals } from "@std/assert";
import type { ApiModule } from "../api_module.ts";
import { type Logger, SILENT_LOGGER } from "../logger.ts";
import type { Operation } from "../operation.ts";
import type { Principal } from "../request_context.ts";
import { createServer } from "../server.ts";
import { withApi, withAuthenticator, withCors, withLogger } from "../server_options.ts";
import { noteApi } from "../testing/note_api.ts";
import { DeprecatedUses } from "./deprecated_uses.ts";

const HEADERS: Required<Operation>["deprecation"] = [
  ["Deprecation", "@1769817600"],
  ["Sunset", "Tue, 30 Jun 2026 00:00:00 GMT"],
  ["Link", '<https://example.com/notes>; rel="deprecation"'],
];

/** Logger that keeps the principals and the numbers of uses of deprecated operations. */
function useLogger(): Logger & { readonly lines: string[] } {
  const lines: string[] = [];
  return {
    ...SILENT_LOGGER,
    lines,
    info(message, { operation, principal, uses } = {}): void {
      if (message.startsWith("Deprecated")) lines.push(`${operation} ${principal} ${uses}`);
    },
  };
}

/** Notes that need a token to read, which is deprecated. */
function deprecatedNotes(): ApiModule {
  const api = noteApi();
  const routes = api.routes.map((route) =>
    route.operation.operationId !== "readNote" ? route : {
      ...route,
      operation: {
        ...route.operation,
        deprecation: HEADERS,
        security: [[{ kind: "bearer", scheme: "token", scopes: [] } as const]],
      },
    }
  );
  return { ...api, routes };
}

Deno.test("createServer() sends Deprecation, Sunset and Link with every response of a deprecated operation", async () => {
  const logger = useLogger();
  await using server = createServer(
    "127.0.0.1",
    0,
    withApi(deprecatedNotes()),
    withAuthenticator({ authenticate: (token): Principal => ({ subject: token, scopes: new Set() }) }),
    withCors({ origins: "*" }),
    withLogger(logger),
  );
  const { url } = await server.listen();
  const read = async (path: string, token?: string): Promise<readonly (string | null)[]> => {
    const authorization = token === undefined ? undefined : { Authorization: `Bearer ${token}` };
    const response = await fetch(url + path, {
      headers: { Origin: "https://app.example", ...authorization },
    });
    await response.body?.cancel();
    const { headers } = response;
    assertEquals(headers.get("Access-Control-Expose-Headers")?.includes("Deprecation"), true);
    return [String(response.status), ...["Deprecation", "Sunset", "Link"].map((name) => headers.get(name))];
  };
  const values = HEADERS.map(([, value]) => value);
  assertEquals(await read("/notes/1", "ada"), ["200", ...values]);
  assertEquals(await read("/notes/one", "ada"), ["400", ...values]);
  assertEquals(await read("/notes/1", "grace"), ["200", ...values]);
  assertEquals(await read("/notes/1"), ["401", null, null, null]);
  assertEquals((await read("/notes", "ada"))[1], null);
  assertEquals(logger.lines, ["readNote ada 1", "readNote grace 1"]);
});

Deno.test("DeprecatedUses logs each caller once an hour with the number of uses, and many callers as one", () => {
  const logger = useLogger();
  let now = 0;
  const uses = new DeprecatedUses({ logger, now: () => now });
  const lines = (): readonly string[] => logger.lines.splice(0).map((line) => line.replace("readNote ", ""));
  for (let count = 0; count < 3; count++) uses.record("readNote", "ada");
  uses.record("readNote", undefined);
  assertEquals(lines(), ["ada 1", "anonymous 1"]);
  now = 3_600_000;
  uses.record("readNote", "ada");
  assertEquals(lines(), ["ada 3"]);
  for (let caller = 0; caller < 2000; caller++) uses.record("readNote", `caller ${caller}`);
  const many = lines();
  assertEquals([many.length, many.at(-1)], [999, "others 1"]);
  now = 3 * 3_600_000;
  uses.record("readNote", "grace");
  assertEquals(lines(), ["grace 1"]);
});
