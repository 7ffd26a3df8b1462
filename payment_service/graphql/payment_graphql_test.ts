import { assertEquals, assertMatch } from "@std/assert";
import { type DatabaseObserver, UNOBSERVED } from "@archway/db/database_observer.ts";
import type { ConnectionPool } from "@archway/db/db.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { Server } from "@archway/server/server.ts";
import { GENEROUS_TIMEOUTS } from "@archway/tools/support/generous_timeouts.ts";
import { at, sendGraphql } from "@archway/tools/support/graphql_client.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { serviceServer } from "@archway/tools/support/service_server.ts";
import { services } from "../../services.ts";
import { byName, dataOf, idOf, money, openAccount, outcome, send } from "../testing/payment_client.ts";
import { PAYMENT_MIGRATIONS, PAYMENT_SERVICES } from "../testing/payment_program.ts";

const graphqlModules = services.filter(({ name }) => name === "graphql");

interface Harness {
  readonly server: Server;
  readonly pool: ConnectionPool;
  /** Texts of the statements since they were emptied. */
  readonly statements: string[];
  /** Account of Ada, with a balance. */
  readonly ada: string;
  /** Account of Bob. */
  readonly bob: string;
}

const PAY = `mutation ($key: String!, $input: NewPaymentInput!) {
  createPayment(idempotencyKey: $key, input: $input) {
    __typename
    ... on CreatePaymentSuccess { replayed payment { id status payerAccount { balance { amount } } } }
    ... on Problem { type status }
    ... on InvalidInputProblem { violations { path } }
  }
}`;

const CASES: Readonly<Record<string, (harness: Harness) => Promise<void>>> = {
  "a list with nested resources takes a statement for each type": async (
    { server, statements, ada, bob },
  ) => {
    for (let index = 0; index < 20; index++) {
      await openAccount(server, "0", { as: "ada" });
      await send(server, "POST /v1/payments", {
        ...{ as: "ada", key: crypto.randomUUID() },
        body: { payerAccountId: ada, payeeAccountId: bob, amount: money("1.00") },
      });
    }
    statements.length = 0;
    const payments = await sendGraphql(
      server,
      `{ payments(first: 20) { nodes { amount { amount }
        payerAccount { id balance { amount } profile { name } } payeeAccount { id profile { name } } } } }`,
      { as: "ada" },
    );
    assertEquals(payments.errors, []);
    assertEquals(at(payments.data, "payments.nodes.19.payerAccount.profile.name"), "Ada");
    assertEquals(at(payments.data, "payments.nodes.19.payeeAccount"), null);
    assertEquals(statements.length, 3, statements.join("\n"));
    statements.length = 0;
    const profiles = await sendGraphql(
      server,
      `{ profiles(first: 20) { edges { node { name accounts(first: 5) { nodes { id balance { amount }
        profile { name } } pageInfo { hasNextPage endCursor } } } } } }`,
      { as: "ada" },
    );
    assertEquals(profiles.errors, []);
    assertEquals(at(profiles.data, "profiles.edges.19.node.accounts.nodes.0.profile.name"), "Ada");
    assertEquals(statements.length, 3, statements.join("\n"));
  },
  "the cursor of a nested list continues in the HTTP API": async ({ server, ada }) => {
    const profileId = String(
      dataOf(await send(server, `GET /v1/accounts/${ada}`, { as: "ada" }))["profileId"],
    );
    for (const currency of ["JPY", "KWD"]) {
      await send(server, "POST /v1/accounts", { as: "ada", body: { profileId, currency } });
    }
    const { data } = await sendGraphql(
      server,
      `query ($id: ID!) { profile(id: $id) {
        accounts(first: 2) { nodes { currency } pageInfo { hasNextPage endCursor } }
      } }`,
      { as: "ada", variables: { id: profileId } },
    );
    assertEquals(at(data, "profile.accounts.nodes"), [{ currency: "KWD" }, { currency: "JPY" }]);
    const cursor = at(data, "profile.accounts.pageInfo.endCursor");
    const next = await send(server, `GET /v1/accounts?profileId=${profileId}&after=${cursor}`, { as: "ada" });
    assertEquals(next.body.data?.map(({ id }) => id), [ada]);
  },
  "a key pays once, over both faces": async ({ server, ada, bob }) => {
    const key = crypto.randomUUID();
    const input = { payerAccountId: ada, payeeAccountId: bob, amount: money("10.00") };
    const first = await sendGraphql(server, PAY, { as: "ada", variables: { key, input } });
    assertEquals(at(first.data, "createPayment.replayed"), false);
    assertEquals(at(first.data, "createPayment.payment.payerAccount.balance.amount"), "90.00");
    const again = await sendGraphql(server, PAY, { as: "ada", variables: { key, input } });
    assertEquals(at(again.data, "createPayment.replayed"), true);
    const rest = await send(server, "POST /v1/payments", { as: "ada", key, body: input });
    assertEquals([rest.status, rest.headers.get("idempotency-replayed")], [201, "true"]);
    assertEquals(idOf(rest), at(first.data, "createPayment.payment.id"));
    const other = { key, input: { ...input, amount: money("1.00") } };
    const reused = await sendGraphql(server, PAY, { as: "ada", variables: other });
    assertEquals(at(reused.data, "createPayment.type"), "/problems/idempotency-key-reused");
  },
  "a refusal is the same over both faces, and is stored with its key": async ({ server, ada, bob }) => {
    const key = crypto.randomUUID();
    const input = { payerAccountId: ada, payeeAccountId: bob, amount: money("1000.00") };
    const refused = await sendGraphql(server, PAY, { as: "ada", variables: { key, input } });
    assertEquals(refused.data?.["createPayment"], {
      ...{ __typename: "InvalidInputProblem", type: "/problems/insufficient-funds", status: 422 },
      violations: [],
    });
    const rest = await send(server, "POST /v1/payments", { as: "ada", key, body: input });
    assertEquals([outcome(rest), rest.headers.get("idempotency-replayed")], [
      "422 insufficient-funds",
      "true",
    ]);
    const foreign = await sendGraphql(server, PAY, {
      as: "bob",
      variables: { key: crypto.randomUUID(), input: { ...input, amount: money("1.00") } },
    });
    assertEquals(at(foreign.data, "createPayment.type"), "/problems/unknown-account");
    assertEquals(at(foreign.data, "createPayment.violations.0.path"), ["input", "payerAccountId"]);
    const deposit = await sendGraphql(
      server,
      `mutation ($id: ID!) { createDeposit(accountId: $id, idempotencyKey: "k", input: {
        amount: { amount: "1.00", currency: "BRL" } }) { __typename } }`,
      { as: "ada-payer", variables: { id: ada } },
    );
    assertEquals(at(deposit.data, "createDeposit.__typename"), "ForbiddenProblem");
  },
  "the payee refunds, and both read refunds and events": async ({ server, ada, bob }) => {
    const key = crypto.randomUUID();
    const input = { payerAccountId: ada, payeeAccountId: bob, amount: money("10.00") };
    const paid = await sendGraphql(server, PAY, { as: "ada", variables: { key, input } });
    const paymentId = at(paid.data, "createPayment.payment.id");
    const refund = `mutation ($paymentId: ID!, $refundId: ID!) {
      refundPayment(paymentId: $paymentId, refundId: $refundId, input: {
        amount: { amount: "4.00", currency: "BRL" }, description: "Late"
      }) { __typename ... on RefundPaymentSuccess { refund { etag payment { status refunded { amount } } } } }
    }`;
    const variables = { paymentId, refundId: crypto.randomUUID() };
    const denied = await sendGraphql(server, refund, { as: "ada", variables });
    assertEquals(at(denied.data, "refundPayment.__typename"), "InvalidInputProblem");
    const done = await sendGraphql(server, refund, { as: "bob", variables });
    assertEquals(at(done.data, "refundPayment.refund.payment"), {
      status: "PARTIALLY_REFUNDED",
      refunded: { amount: "4.00" },
    });
    const missing = await sendGraphql(
      server,
      `query ($paymentId: ID!, $refundId: ID!) {
        refund(paymentId: $paymentId, id: $refundId) { id } other: refund(paymentId: $paymentId, id: $paymentId) { id }
      }`,
      { as: "ada", variables },
    );
    assertEquals([missing.data, missing.errors], [{ refund: { id: variables.refundId }, other: null }, []]);
    const read = await sendGraphql(
      server,
      `{ payments(status: PARTIALLY_REFUNDED) { nodes {
        refunds { nodes { description amount { amount } } }
        events { nodes { version type data { refundId } } }
      } } }`,
      { as: "ada" },
    );
    assertEquals(at(read.data, "payments.nodes.0"), {
      refunds: { nodes: [{ description: "Late", amount: { amount: "4.00" } }] },
      events: {
        nodes: [
          { version: "1", type: "PAYMENT_SETTLED", data: { refundId: null } },
          { version: "2", type: "PAYMENT_REFUNDED", data: { refundId: variables.refundId } },
        ],
      },
    });
  },
  "each field needs the scopes of its operation": async ({ server }) => {
    const { status, data, errors } = await sendGraphql(
      server,
      `{ profiles { nodes { name } } profile(id: "01a2023b-983b-7000-83d3-81c8f54d2496") { id }
        account(id: "01a2023b-983b-7000-83d3-81c8f54d2496") { id } }`,
      { as: "ada-profiles" },
    );
    assertEquals([status, data?.["account"]], [200, null]);
    assertEquals(
      errors.map((error) => [error.path, error.extensions?.["type"], error.extensions?.["status"]]),
      [
        [["account"], "/problems/forbidden", 403],
      ],
    );
    const nested = await sendGraphql(
      server,
      "{ profiles(first: 2) { nodes { name accounts { nodes { id } } } } }",
      {
        as: "ada-profiles",
      },
    );
    assertEquals(nested.data, null);
    assertMatch(nested.errors[0]?.message ?? "", /scope/);
  },
};

Deno.test({
  name: "PAYMENT_GRAPHQL serves payments by the rules of the HTTP API",
  ignore: graphqlModules.length === 0,
  async fn(t): Promise<void> {
    await using database = await useTestDatabase({ migrations: PAYMENT_MIGRATIONS });
    const statements: string[] = [];
    const observer: DatabaseObserver = {
      statement: (text) => {
        statements.push(text);
        return UNOBSERVED;
      },
      transaction: (_, run) => run(UNOBSERVED),
    };
    await using pool = openPool({ primary: database.instance, replicas: [], observer, ...GENEROUS_TIMEOUTS });
    await using server = serviceServer(pool, {
      services: [...PAYMENT_SERVICES, ...graphqlModules],
      options: [byName],
    });
    for (const [title, run] of Object.entries(CASES)) {
      await t.step(title, async () => {
        const ada = await openAccount(server, "100.00", { as: "ada" });
        const bob = await openAccount(server, "0", { as: "bob" });
        await run({ server, pool, statements, ada, bob });
      });
    }
  },
});
