import { assertEquals } from "@std/assert";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { findInconsistencies } from "../testing/find_inconsistencies.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { call, type CallResponse, createdId, openAccountAt } from "../testing/payment_calls.ts";
import { errorLines } from "@archway/tools/support/error_lines.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { MainProgram, untilReady } from "@archway/tools/support/program.ts";

const CLIENTS = 32;
const ROUNDS = 6;
const ONE = { amount: "1.00", currency: "BRL" };

Deno.test("archway serves 32 clients of one account from two processes without deadlocks", async () => {
  await using database = await useTestDatabase();
  await using pool = openPool({ primary: database.instance, replicas: [], applicationName: "observer" });
  const environment = { ...postgresEnvironment(database.instance), MIGRATE_ON_START: "true" };
  await using first = new MainProgram(environment);
  await using second = new MainProgram(environment);
  const urls = await Promise.all([first, second].map(({ url }) => url));
  await Promise.all(urls.map(untilReady));
  const [url = ""] = urls;
  // Enough for half of the payments, so that later ones are refused.
  const hot = await openAccountAt(url, { balance: `${CLIENTS * ROUNDS / 2}.00` });
  const others = await Promise.all(
    Array.from({ length: CLIENTS }, () => openAccountAt(url, { balance: "1000.00" })),
  );

  const responses: { readonly operation: string; readonly response: CallResponse }[] = [];
  await Promise.all(others.map(async (other, client) => {
    const send = async (
      operation: string,
      line: string,
      request: Parameters<typeof call>[2],
    ): Promise<CallResponse> => {
      const response = await call(urls[responses.length % 2] ?? url, line, request);
      responses.push({ operation, response });
      return response;
    };
    for (let round = 0; round < ROUNDS; round++) {
      const out = { payerAccountId: hot, payeeAccountId: other, amount: ONE };
      const paid = await send("pay", "POST /v1/payments", { body: out, key: crypto.randomUUID() });
      // The opposite direction, which would deadlock if each payment locked its payer first.
      const back = { payerAccountId: other, payeeAccountId: hot, amount: ONE };
      if (client % 4 === 0) await send("pay back", `PUT /v1/payments/${crypto.randomUUID()}`, { body: back });
      if (client % 4 === 1 && paid.status === 201) {
        const path = `/v1/payments/${createdId(paid)}/refunds/${crypto.randomUUID()}`;
        await send("refund", `PUT ${path}`, { body: { amount: ONE } });
      }
      if (client % 4 === 2) {
        const key = crypto.randomUUID();
        await send("deposit", `POST /v1/accounts/${hot}/deposits`, { body: { amount: ONE }, key });
      }
    }
  }));

  const refused = responses.filter(({ response }) => response.status !== 201);
  assertEquals(
    refused.filter(({ operation, response }) =>
      operation !== "pay" || response.status !== 422 ||
      !response.text.includes("/problems/insufficient-funds")
    ),
    [],
  );
  assertEquals(await findInconsistencies(pool.writer()), []);
  const made = (operation: string): number =>
    responses.filter((sent) => sent.operation === operation && sent.response.status === 201).length;
  const { data } = JSON.parse((await call(url, `GET /v1/accounts/${hot}`)).text);
  const left = CLIENTS * ROUNDS / 2 - made("pay") + made("pay back") + made("refund") + made("deposit");
  assertEquals(data.balance.amount, `${left}.00`);
  for (const program of [first, second]) {
    const { code, stderr } = await program.stop();
    assertEquals([code, errorLines(stderr)], [0, []]);
  }
});
