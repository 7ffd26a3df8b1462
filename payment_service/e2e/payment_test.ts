import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  ConnectionError,
  createPaymentClient,
  type PaymentClient,
} from "@archway/api/clients/typescript/payment/client.gen.ts";
import { createProfileClient } from "@archway/api/clients/typescript/profile/client.gen.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { errorLines } from "@archway/tools/support/error_lines.ts";
import { HttpFaultProxy } from "@archway/tools/support/http_fault_proxy.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { MainProgram, untilReady } from "@archway/tools/support/program.ts";

function start(instance: InstanceConfig): MainProgram {
  return new MainProgram({
    ...postgresEnvironment(instance),
    MIGRATE_ON_START: "true",
    // No load shedding on slow machines.
    ADMISSION_MAX_DELAY: "0s",
    VALIDATE_RESPONSES: "true",
  });
}

async function ready(program: MainProgram): Promise<string> {
  const url = await program.url;
  await untilReady(url);
  return url;
}

/** Opens an account of a new profile, with an optional deposit. */
async function openAccount(url: string, amount?: string): Promise<string> {
  const profile = await createProfileClient({ baseUrl: url })
    .POST("/v1/profiles", { body: { name: "Ada" } });
  const client = createPaymentClient({ baseUrl: url });
  const account = await client.POST("/v1/accounts", {
    body: { profileId: profile.data.data.id, currency: "BRL" },
  });
  const { id } = account.data.data;
  if (amount === undefined) return id;
  const { response } = await client.POST("/v1/accounts/{id}/deposits", {
    params: { path: { id } },
    body: { amount: { amount, currency: "BRL" } },
  });
  assertEquals(response.status, 201);
  return id;
}

async function balanceOf(client: PaymentClient, id: string): Promise<string> {
  const { data } = await client.GET("/v1/accounts/{id}", { params: { path: { id } } });
  return data.data.balance.amount;
}

Deno.test("archway replays a lost response, also after a crash and from another process", async () => {
  await using database = await useTestDatabase();
  await using first = start(database.instance);
  const url = await ready(first);
  const [payer, payee] = [await openAccount(url, "10.00"), await openAccount(url)];
  const pay = (at: string): ReturnType<typeof fetch> =>
    fetch(`${at}/v1/payments`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Idempotency-Key": '"lost"' },
      body: JSON.stringify({
        payerAccountId: payer,
        payeeAccountId: payee,
        amount: { amount: "4.00", currency: "BRL" },
      }),
    });
  const response = await pay(url);
  const text = await response.text();
  assertEquals([response.status, response.headers.get("idempotency-replayed")], [201, null]);
  await first.kill();
  await using second = start(database.instance);
  await using third = start(database.instance);
  for (const program of [second, third]) {
    const again = await pay(await ready(program));
    assertEquals([again.status, await again.text(), again.headers.get("idempotency-replayed")], [
      201,
      text,
      "true",
    ]);
    for (const name of ["etag", "location", "content-type", "cache-control"]) {
      assertEquals(again.headers.get(name), response.headers.get(name), name);
    }
  }
  const client = createPaymentClient({ baseUrl: await second.url });
  assertEquals([await balanceOf(client, payer), await balanceOf(client, payee)], ["6.00", "4.00"]);
  for (const program of [second, third]) {
    const { code, stderr } = await program.stop();
    assertEquals([code, errorLines(stderr)], [0, []]);
  }
});

Deno.test("archway makes one payment for a client whose responses are lost or refused", async () => {
  await using database = await useTestDatabase();
  await using program = start(database.instance);
  const url = await ready(program);
  const [payer, payee] = [await openAccount(url, "100.00"), await openAccount(url)];
  await using proxy = new HttpFaultProxy((request) => {
    const { pathname, search } = new URL(request.url);
    return fetch(new Request(url + pathname + search, request));
  });
  const client = createPaymentClient({ baseUrl: await proxy.url, retry: { delayMs: 1 } });
  proxy.faults.push("lose", { status: 503, headers: { "Retry-After": "1" } }, "lose");
  const { data, response } = await client.POST("/v1/payments", {
    body: { payerAccountId: payer, payeeAccountId: payee, amount: { amount: "4.00", currency: "BRL" } },
  });
  assertEquals([response.status, response.headers.get("idempotency-replayed")], [201, "true"]);
  const keys = proxy.requests.map(({ headers }) => headers.get("idempotency-key"));
  assertEquals([keys.length, new Set(keys).size], [4, 1]);
  const made: string[] = [];
  for await (const payment of client.pages("/v1/payments")) made.push(payment.id);
  assertEquals(made, [data.data.id]);
  assertEquals([await balanceOf(client, payer), await balanceOf(client, payee)], ["96.00", "4.00"]);

  proxy.faults.push("lose", "lose", "lose", "lose");
  const body = { amount: { amount: "1.00", currency: "BRL" } } as const;
  const params = { path: { id: payer } };
  const lost = await assertRejects(
    () => client.POST("/v1/accounts/{id}/deposits", { params, body }),
    ConnectionError,
  );
  const header = { "Idempotency-Key": lost.idempotencyKey ?? "" };
  await client.POST("/v1/accounts/{id}/deposits", { params: { ...params, header }, body });
  assertEquals([lost.attempts, await balanceOf(client, payer)], [4, "97.00"]);
});

Deno.test("archway settles one payment per key for clients that disconnect and retry", async () => {
  await using database = await useTestDatabase();
  await using program = start(database.instance);
  const url = await ready(program);
  const [payer, payee] = [await openAccount(url, "100.00"), await openAccount(url)];
  const pay = (key: string, signal?: AbortSignal): Promise<Response> =>
    fetch(`${url}/v1/payments`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Idempotency-Key": key },
      body: JSON.stringify({
        payerAccountId: payer,
        payeeAccountId: payee,
        amount: { amount: "1.00", currency: "BRL" },
      }),
      ...(signal !== undefined && { signal }),
    });
  await Promise.all(
    Array.from({ length: 40 }, async (_, index) => {
      const key = `left-${index}`;
      const leaving = new AbortController();
      setTimeout(() => leaving.abort(), index % 20);
      await pay(key, leaving.signal).then((response) => response.body?.cancel(), () => undefined);
      while (true) {
        const response = await pay(key);
        const text = await response.text();
        if (response.status === 201) return;
        // The first request may still be in progress.
        assertEquals([response.status, JSON.parse(text).type], [409, "/problems/idempotency-key-in-use"]);
      }
    }),
  );
  const client = createPaymentClient({ baseUrl: url });
  assertEquals([await balanceOf(client, payer), await balanceOf(client, payee)], ["60.00", "40.00"]);
});

Deno.test("archway events rebuild reports differences, and replaces them on request", async () => {
  await using database = await useTestDatabase();
  const environment = postgresEnvironment(database.instance);
  await using unmigrated = new MainProgram(environment, ["events", "rebuild"]);
  const early = await unmigrated.ended();
  assertEquals([early.code, early.stdout], [1, ""]);
  assertStringIncludes(
    early.stderr,
    "archway events: The database has pending migrations; run archway migrate up first\n",
  );

  await using program = start(database.instance);
  const url = await ready(program);
  const [payer, payee] = [await openAccount(url, "10.00"), await openAccount(url)];
  const client = createPaymentClient({ baseUrl: url });
  const paid = await client.POST("/v1/payments", {
    body: { payerAccountId: payer, payeeAccountId: payee, amount: { amount: "4.00", currency: "BRL" } },
  });
  const { id } = paid.data.data;
  const rebuild = async (expected: number, ...args: string[]): Promise<string> => {
    await using command = new MainProgram(environment, ["events", "rebuild", ...args]);
    const { code, stdout, stderr } = await command.ended();
    assertEquals(code, expected, stdout + stderr);
    return stdout;
  };
  const stdout = await rebuild(0);
  assert(/^Replayed 5 events in [^]*\nThe live tables match the events\n$/.test(stdout), stdout);

  await using pool = openPool({ primary: database.instance, replicas: [] });
  await pool.writer().query("update payments set description = 'Changed'");
  assertStringIncludes(
    await rebuild(1),
    `payments: 1 rows, 1 different, 0 missing, 0 without an event: ${id}\n`,
  );
  await rebuild(0, "--swap");
  await rebuild(0);
  const read = await client.GET("/v1/payments/{id}", { params: { path: { id } } });
  assertEquals(read.data.data.description, null);
  await using invalid = new MainProgram(environment, ["events", "drop"]);
  const { code: usage, stderr } = await invalid.ended();
  assertEquals([usage, stderr], [
    2,
    "archway events: expected one of: rebuild\nUsage: archway events rebuild [--swap]\n",
  ]);
});
