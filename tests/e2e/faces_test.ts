import { assertEquals, assertStringIncludes } from "@std/assert";
import { MainProgram, untilReady } from "@archway/tools/support/program.ts";
import { useProgramStorage } from "@archway/tools/support/program_storage.ts";
import { services } from "../../services.ts";

/** A request to each face whose packages are loaded by the first one, and a part of the response. */
const REQUESTS: Readonly<Record<string, readonly [path: string, body: object, part: string]>> = {
  graphql: ["/graphql", { query: "{ __typename }" }, '{"data":{"__typename":"Query"}}'],
  mcp: ["/mcp", { jsonrpc: "2.0", id: 1, method: "tools/list" }, '"tools":['],
};
const requests = Object.entries(REQUESTS).filter(([face]) => services.some(({ name }) => name === face));
/** Agents are refused by default. A program without that module does not know the setting. */
const settings: Readonly<Record<string, string>> = services.some(({ name }) => name === "mcp")
  ? { MCP_MODE: "read" }
  : {};

Deno.test({
  name: "archway serves GraphQL and tools for agents, whose packages the first request loads",
  ignore: requests.length === 0,
  fn: async () => {
    await using storage = await useProgramStorage();
    await using program = new MainProgram({ ...storage.variables, AUTH_MODE: "none", ...settings });
    const url = await program.url;
    await untilReady(url);
    for (const [, [path, body, part]] of requests) {
      const response = await fetch(url + path, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json, text/event-stream" },
        body: JSON.stringify(body),
      });
      const text = await response.text();
      assertEquals(response.status, 200, text);
      assertStringIncludes(text, part);
    }
    const { code } = await program.stop();
    assertEquals(code, 0);
  },
});
