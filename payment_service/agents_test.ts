import { assert, assertEquals, assertMatch } from "@std/assert";
import { at } from "@archway/tools/support/graphql_client.ts";
import { connectMcp } from "@archway/tools/support/mcp_client.ts";
import { serviceServer } from "@archway/tools/support/service_server.ts";
import { AGENTS, plainArguments } from "./testing/agent_tools.ts";
import { byName, money } from "./testing/payment_client.ts";
import { PAYMENT_DATABASES, PAYMENT_SERVICES } from "./testing/payment_program.ts";

Deno.test({
  name: "every operation of payments is a tool that can be called",
  ignore: AGENTS.length === 0,
  async fn(t): Promise<void> {
    const [open] = Object.values(PAYMENT_DATABASES);
    assert(open !== undefined);
    await using database = await open();
    await using server = serviceServer(database.pool, {
      services: [...PAYMENT_SERVICES, ...AGENTS],
      settings: { MCP_MODE: "write" },
      options: [byName],
    });
    await using ada = await connectMcp(server, { as: "ada" });
    await t.step("with valid names and schemas", async () => {
      const { tools } = await ada.client.listTools();
      assert(tools.length > 20, `${tools.length} tools`);
      assertEquals(new Set(tools.map(({ name }) => name)).size, tools.length);
      for (const { name, inputSchema, outputSchema } of tools) {
        assertMatch(name, /^[A-Za-z0-9_.-]{1,64}$/);
        const texts = JSON.stringify([inputSchema, outputSchema]);
        const refs = [...texts.matchAll(/"\$ref":"([^"]*)"/g)].map(([, ref = ""]) => ref);
        for (const ref of refs) assertMatch(ref, /^#\/\$defs\//);
        // The client compiles the output schema, and validates results against it.
        const result = await ada.client.callTool({ name, arguments: plainArguments(inputSchema) });
        if (!result.isError) continue;
        const [advice, data] = result.content.map((part) => part.type === "text" ? part.text : "");
        const status = Number(at(JSON.parse(data ?? "{}"), "problem.status"));
        assert(status >= 400 && status < 500, `${name}: ${advice}`);
      }
    });
    await t.step("with keys that the service makes", async () => {
      const profile = await ada.call("createProfile", { body: { name: "ada" } });
      const opened = await ada.call("openAccount", {
        body: { profileId: at(profile, "body.data.id"), currency: "BRL" },
      });
      const deposit = { id: at(opened, "body.data.id"), body: { amount: money("5.00") } };
      const first = await ada.call("createDeposit", deposit);
      assertMatch(String(first["idempotencyKey"]), /^[0-9a-f-]{36}$/);
      const again = await ada.call("createDeposit", { ...deposit, idempotencyKey: first["idempotencyKey"] });
      assertEquals([first["replayed"], again["replayed"]], [false, true]);
      assertEquals(again["body"], first["body"]);
      const other = await ada.call("createDeposit", deposit);
      assert(at(other, "body.data.id") !== at(first, "body.data.id"));
      const account = await ada.call("getAccount", {
        id: deposit.id,
        consistencyToken: other["consistencyToken"],
      });
      assertEquals(at(account, "body.data.balance.amount"), "10.00");
    });
    await t.step("with the body limits of their documents", async () => {
      const { advice, data } = await ada.fail("createProfile", { body: { name: "x".repeat(17_000) } });
      assertEquals(data.problem?.status, 413);
      assertMatch(advice, /at most 16384 bytes/);
    });
  },
});
