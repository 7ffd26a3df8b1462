import { assertEquals } from "@std/assert";
import { createPaymentClient } from "@archway/api/clients/typescript/payment/client.gen.ts";
import { createProfileClient } from "@archway/api/clients/typescript/profile/client.gen.ts";
import { EventReader } from "@archway/tools/support/event_reader.ts";
import { errorLines } from "@archway/tools/support/error_lines.ts";
import { at } from "@archway/tools/support/graphql_client.ts";
import { MainProgram, untilReady } from "@archway/tools/support/program.ts";
import { useProgramStorage } from "@archway/tools/support/program_storage.ts";
import { services } from "../../services.ts";

const QUERY = "subscription Events { paymentEvents { type data { description } } }";

/** Subscribes, after an event if there is an id. */
function subscribe(url: string, after?: string): Promise<EventReader> {
  return EventReader.open(`${url}/graphql?query=${encodeURIComponent(QUERY)}`, {
    headers: { Accept: "text/event-stream", ...(after !== undefined && { "Last-Event-ID": after }) },
  });
}

async function openAccount(url: string): Promise<string> {
  const profile = await createProfileClient({ baseUrl: url }).POST("/v1/profiles", { body: { name: "Ada" } });
  const client = createPaymentClient({ baseUrl: url });
  const body = { profileId: profile.data.data.id, currency: "BRL" };
  const { data: { data: { id } } } = await client.POST("/v1/accounts", { body });
  const deposit = { amount: { amount: "100.00", currency: "BRL" } };
  await client.POST("/v1/accounts/{id}/deposits", { params: { path: { id } }, body: deposit });
  return id;
}

Deno.test({
  name: "archway ends subscriptions when it is stopped, and continues them after a restart",
  ignore: !services.some(({ name }) => name === "graphql"),
  fn: async () => {
    await using storage = await useProgramStorage();
    const start = async (): Promise<{ readonly program: MainProgram; readonly url: string }> => {
      const program = new MainProgram({
        ...storage.variables,
        HMAC_SECRET: "s".repeat(40),
        AUTH_MODE: "none",
      });
      const url = await program.url;
      await untilReady(url);
      return { program, url };
    };
    const first = await start();
    await using _first = first.program;
    const [payerAccountId, payeeAccountId] = [await openAccount(first.url), await openAccount(first.url)];
    const pay = async (url: string, description: string): Promise<void> => {
      const body = {
        payerAccountId,
        payeeAccountId,
        amount: { amount: "1.00", currency: "BRL" },
        description,
      };
      const { response } = await createPaymentClient({ baseUrl: url }).POST("/v1/payments", { body });
      assertEquals(response.status, 201);
    };
    await using events = await subscribe(first.url);
    await using idle = await subscribe(first.url);
    await pay(first.url, "1");
    const { id, data } = await events.next();
    assertEquals(at(JSON.parse(data), "data.paymentEvents.data.description"), "1");
    await pay(first.url, "2");
    const { code, stderr } = await first.program.stop();
    assertEquals([code, errorLines(stderr)], [0, []]);
    await events.end();
    await idle.end();

    const second = await start();
    await using program = second.program;
    await using again = await subscribe(second.url, id);
    await pay(second.url, "3");
    for (const description of ["2", "3"]) {
      const event = await again.next();
      assertEquals(at(JSON.parse(event.data), "data.paymentEvents.data.description"), description);
    }
    await again[Symbol.asyncDispose]();
    assertEquals((await program.stop()).code, 0);
  },
});
