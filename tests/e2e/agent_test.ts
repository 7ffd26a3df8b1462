import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { at } from "@archway/tools/support/graphql_client.ts";
import { commandOf, inheritedVariables, MainProgram, untilReady } from "@archway/tools/support/program.ts";
import { testWithEmbedded, useProgramStorage } from "@archway/tools/support/program_storage.ts";
import { services } from "../../services.ts";

type Variables = Readonly<Record<string, string>>;

const hasAgents = services.some(({ name }) => name === "mcp");
const hasCockpit = services.some(({ name }) => name === "cockpit");

/** Official client of `archway mcp`, and what that writes to the standard error. */
interface Agent extends AsyncDisposable {
  readonly client: Client;
  readonly stderr: () => string;
}

async function connect(variables: Variables, args: readonly string[] = []): Promise<Agent> {
  const { file: command, args: all, cwd } = commandOf(["mcp", ...args], { main: "main.ts" });
  const transport = new StdioClientTransport({
    ...{ command, args: all, cwd, stderr: "pipe" },
    env: { ...inheritedVariables(), NO_COLOR: "1", ...variables },
  });
  let stderr = "";
  transport.stderr?.on("data", (chunk) => stderr += String(chunk));
  const client = new Client({ name: "test", version: "1.0.0" });
  await client.connect(transport);
  return { client, stderr: () => stderr, [Symbol.asyncDispose]: () => client.close() };
}

async function callTool(client: Client, name: string, input: object = {}): Promise<unknown> {
  const { isError, structuredContent, content } = await client.callTool({ name, arguments: { ...input } });
  if (isError) throw new Error(`${name} failed: ${JSON.stringify(content)}`);
  return structuredContent;
}

/** Calls a list without arguments, if there is one, and returns its name. */
async function callList(client: Client): Promise<string | undefined> {
  const { tools } = await client.listTools();
  const list = tools.find(({ name, inputSchema: { required = [] } }) =>
    name.startsWith("list") && required.length === 0
  );
  if (list !== undefined) assertEquals(at(await callTool(client, list.name), "status"), 200);
  return list?.name;
}

/** Calls and parts of their results in the guide. */
const TRANSCRIPT = /^> (\w+) (\{.*\})\n< (.*)$/gm;

/** Makes the calls of the guide, as far as the project has their tools, and compares the results. */
async function followGuide(client: Client): Promise<void> {
  const guide = await Deno.readTextFile(new URL("../../docs/agents.md", import.meta.url));
  const { tools } = await client.listTools();
  const calls = [...guide.matchAll(TRANSCRIPT)].filter(([, name]) =>
    tools.some((tool) => tool.name === name)
  );
  assert(calls.length > 2);
  for (const [, name = "", input = "", expected = ""] of calls) {
    const { isError, structuredContent, content: [advice] } = await client.callTool({
      ...{ name, arguments: JSON.parse(input) },
    });
    const text = isError && advice?.type === "text" ? advice.text : JSON.stringify(structuredContent);
    let rest = text;
    for (const part of expected.split("…")) {
      assertStringIncludes(rest, part, `${name} returned ${text}`);
      rest = rest.slice(rest.indexOf(part) + part.length);
    }
  }
}

Deno.test({
  name: "archway mcp serves operations and tools for developers to the official client",
  ignore: !hasAgents,
  async fn(): Promise<void> {
    await using storage = await useProgramStorage();
    const variables = { ...storage.variables, AUTH_MODE: "none", PORT: "0" };
    await using agent = await connect(variables);
    const { client } = agent;
    const { tools } = await client.listTools();
    for (const { name, annotations } of tools) assertEquals([name, annotations?.readOnlyHint], [name, true]);
    await callList(client);
    assert(Array.isArray(at(await callTool(client, "dev_schema"), "tables")));
    const migrations = await callTool(client, "dev_migrations", { lint: "all" });
    assertMatch(JSON.stringify(migrations), /"state":"applied"/);
    assert(!JSON.stringify(migrations).includes('"pending"'));
    const problem = await callTool(client, "dev_problems", { type: "/problems/not-found" });
    assertEquals(at(problem, "problem.status"), 404);
    const documents = at(await callTool(client, "dev_documents"), "documents");
    assert(Array.isArray(documents));
    const configuration = JSON.stringify(await callTool(client, "dev_configuration"));
    assertStringIncludes(configuration, '"name":"MCP_MODE"');
    assert(!configuration.includes(storage.variables["POSTGRES_PRIMARY_PASSWORD"] ?? "no password"));
    const refused = await client.callTool({ name: "dev_schema", arguments: { table: "nothing", other: 1 } });
    assertMatch(JSON.stringify(refused), /Unknown argument \\"other\\"/);
    if (!hasCockpit) return;
    await followGuide(client);
    const requests = at(await callTool(client, "dev_requests", { path: "/mcp" }), "requests");
    assert(Array.isArray(requests) && requests.length > 0);
    const shown = await callTool(client, "dev_request", { id: requests[0].id });
    assertEquals([at(shown, "request.path"), at(shown, "request.status")], ["/mcp", 200]);
  },
});

const INITIALIZE = {
  ...{ jsonrpc: "2.0", id: 1, method: "initialize" },
  params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "t", version: "1" } },
};

Deno.test({
  name: "archway mcp writes the protocol alone, and ends at the end of its input and at SIGTERM",
  ignore: !hasAgents || Deno.build.os === "windows",
  async fn(): Promise<void> {
    await using storage = await useProgramStorage();
    const { file, args, cwd } = commandOf(["mcp", "--write"], { main: "main.ts" });
    const start = (): Deno.ChildProcess =>
      new Deno.Command(file, {
        ...{ args, cwd, clearEnv: true, stdin: "piped", stdout: "piped", stderr: "piped" },
        env: {
          ...inheritedVariables(),
          ...storage.variables,
          AUTH_MODE: "none",
          LOG_LEVEL: "debug",
          PORT: "0",
        },
      }).spawn();
    const send = async (process: Deno.ChildProcess, ...messages: readonly object[]): Promise<void> => {
      const writer = process.stdin.getWriter();
      for (const message of messages) {
        await writer.write(new TextEncoder().encode(`${JSON.stringify(message)}\n`));
      }
      writer.releaseLock();
    };
    const ended = start();
    const lines = ended.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const errors = new Response(ended.stderr).text();
    const list = { jsonrpc: "2.0", id: 2, method: "tools/list" };
    await send(ended, INITIALIZE, { jsonrpc: "2.0", method: "notifications/initialized" }, list);
    let output = "";
    while (output.split("\n").length < 3) output += (await lines.read()).value ?? "";
    await ended.stdin.close();
    for (let rest = await lines.read(); !rest.done; rest = await lines.read()) output += rest.value;
    assertEquals((await ended.status).code, 0, await errors);
    const messages = output.trimEnd().split("\n").map((line) => JSON.parse(line));
    assertEquals(messages.map(({ jsonrpc, id }) => [jsonrpc, id]), [["2.0", 1], ["2.0", 2]]);
    assertStringIncludes(await errors, "Database: ");

    const stopped = start();
    await send(stopped, INITIALIZE);
    const reader = stopped.stdout.getReader();
    await reader.read();
    stopped.kill("SIGTERM");
    assertEquals((await stopped.status).code, 143);
    await Promise.all([reader.cancel(), stopped.stderr.cancel(), stopped.stdin.close()]);
  },
});

if (hasAgents) {
  testWithEmbedded("archway mcp reports a running dev that serves no agents", async () => {
    await using storage = await useProgramStorage();
    const variables = { ...storage.variables, AUTH_MODE: "none" };
    await using program = new MainProgram(variables, ["dev"]);
    const url = await program.url;
    await untilReady(url);
    await using agent = await connect({ ...variables, PORT: new URL(url).port });
    const advice = `The program at ${url} serves no agents: start it with MCP_MODE=read or write.`;
    while (!agent.stderr().includes(advice)) await agent.client.ping();
    const { content } = await agent.client.callTool({ name: "listProfiles", arguments: {} });
    assertStringIncludes(JSON.stringify(content), `(404). No resource exists at this path. ${advice}`);
    assert(!agent.stderr().includes("serves the operations"));
  });

  testWithEmbedded("archway mcp uses a running dev, which has the embedded database", async () => {
    await using storage = await useProgramStorage();
    const variables = { ...storage.variables, AUTH_MODE: "dev" };
    await using program = new MainProgram({ ...variables, MCP_MODE: "read" }, ["dev"]);
    const url = await program.url;
    await untilReady(url);
    await using agent = await connect({ ...variables, PORT: new URL(url).port });
    const { client } = agent;
    while (!agent.stderr().includes(`the program at ${url} serves the operations`)) await client.ping();
    await callList(client);
    if (hasCockpit) {
      for (const name of ["dev_schema", "dev_migrations"]) {
        const shown = await callTool(client, name);
        assertEquals([at(shown, "shownBy"), Array.isArray(at(shown, "page.sections"))], [url, true]);
      }
      const views = at(await callTool(client, "dev_view"), "views");
      assert(JSON.stringify(views).includes('"tables"'));
      const requests = await callTool(client, "dev_requests", { path: "/mcp" });
      assertEquals(at(requests, "recordedBy"), url);
      assert(JSON.stringify(requests).includes('"/mcp"'));
    }
  });
}
