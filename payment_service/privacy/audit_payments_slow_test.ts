import { assertEquals } from "@std/assert";
import { at } from "@archway/tools/support/graphql_client.ts";
import { databasesWith } from "@archway/tools/support/databases_with.ts";
import type { Face, OpenFace } from "@archway/tools/support/faces/face.ts";
import { graphqlFace, type GraphqlForm } from "@archway/tools/support/faces/graphql_face.ts";
import { mcpFace } from "@archway/tools/support/faces/mcp_face.ts";
import { restFace } from "@archway/tools/support/faces/rest_face.ts";
import { serviceMigrations } from "@archway/tools/support/service_databases.ts";
import { serviceServer } from "@archway/tools/support/service_server.ts";
import { withDocuments } from "@archway/server/server_options.ts";
import { services } from "../../services.ts";
import { paymentModule } from "../module.ts";
import { byName, money } from "../testing/payment_client.ts";
import { PRIVACY, PRIVACY_SECRETS, PRIVATE_PAYMENTS } from "../testing/privacy_calls.ts";

const PROBLEM = "... on Problem { type status }";

const FORMS: Readonly<Record<string, GraphqlForm>> = {
  createProfile: {
    document: `mutation ($body: NewProfileInput!) { result: createProfile(input: $body) {
      ... on CreateProfileSuccess { data: profile { id } } ${PROBLEM} } }`,
  },
  openAccount: {
    document: `mutation ($body: NewAccountInput!) { result: openAccount(input: $body) {
      ... on OpenAccountSuccess { data: account { id } } ${PROBLEM} } }`,
  },
  createDeposit: {
    document: `mutation ($id: ID!, $key: String!, $body: NewDepositInput!) {
      result: createDeposit(accountId: $id, idempotencyKey: $key, input: $body) {
        ... on CreateDepositSuccess { data: deposit { id } } ${PROBLEM} } }`,
  },
  putPaymentRequest: {
    document: `mutation ($id: ID!, $body: NewPaymentRequestInput!) {
      result: putPaymentRequest(id: $id, input: $body) {
        ... on PutPaymentRequestSuccess { data: paymentRequest { id etag } } ${PROBLEM} } }`,
  },
  payPaymentRequest: {
    document: `mutation ($id: ID!, $ifMatch: String!, $body: PaymentOfRequestInput!) {
      result: payPaymentRequest(paymentRequestId: $id, ifMatch: $ifMatch, input: $body) {
        ... on PayPaymentRequestSuccess { data: payment { id } } ${PROBLEM} } }`,
  },
  getPayment: { document: `query ($id: ID!) { result: payment(id: $id) { id } }` },
  getAccount: { document: `query ($id: ID!) { result: account(id: $id) { id } }` },
  listPaymentRequests: {
    document: `query ($limit: Int) { result: paymentRequests(first: $limit) { data: nodes { id } } }`,
  },
};

/** Faces by the name of their module, so that each can be removed. */
const BESIDE: Readonly<Record<string, OpenFace>> = { mcp: mcpFace, graphql: graphqlFace(FORMS) };
const modules = services.filter(({ name }) => name in BESIDE);

/** Has a caller request and make a payment, and read both. Returns the ids of the resources. */
async function useAll(face: Face, caller: string): Promise<Readonly<Record<string, string>>> {
  const call = async (operation: string, request: Parameters<Face["call"]>[1] = {}): Promise<unknown> => {
    const { data, problem } = await face.call(operation, request, caller);
    assertEquals(problem, undefined, operation);
    return data;
  };
  const create = async (operation: string, request: Parameters<Face["call"]>[1]): Promise<string> =>
    String(at(await call(operation, request), "id"));
  const profile = await create("createProfile", { body: { name: caller } });
  const open = (currency: string): Promise<string> =>
    create("openAccount", { body: { profileId: profile, currency } });
  const payer = await open("BRL");
  await create("createDeposit", {
    ...{ path: { id: payer }, key: crypto.randomUUID(), body: { amount: money("10.00") } },
  });
  const other = await create("createProfile", { body: { name: "Other" } });
  const payee = await create("openAccount", { body: { profileId: other, currency: "BRL" } });
  const request = crypto.randomUUID();
  const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
  const body = { payeeAccountId: payee, amount: money("1.00"), expiresAt };
  await create("putPaymentRequest", { path: { id: request }, body });
  const paid = { path: { id: request }, ifMatch: "*", body: { payerAccountId: payer } };
  const payment = await create("payPaymentRequest", paid);
  await call("getPayment", { path: { id: payment } });
  await call("getAccount", { path: { id: payer } });
  await call("listPaymentRequests", { query: { limit: 10 } });
  return { profile, payer, payee, request, payment };
}

for (const [name, open] of Object.entries(databasesWith(serviceMigrations(...PRIVACY, paymentModule)))) {
  Deno.test({
    name: `AUDIT_LOG=all records payments, requests and accounts through every face on ${name}`,
    ignore: PRIVACY.length === 0,
    async fn(t): Promise<void> {
      await using database = await open();
      const { pool } = database;
      await using server = serviceServer(pool, {
        services: [...PRIVATE_PAYMENTS, ...modules],
        hmacSecrets: PRIVACY_SECRETS,
        settings: { AUDIT_LOG: "all", MCP_MODE: "write" },
        options: [byName, withDocuments(true)],
      });
      const rest = restFace(["payment", "profile"]);
      const faces = {
        rest,
        ...Object.fromEntries(modules.map((one) => [one.name, BESIDE[one.name] ?? rest])),
      };
      const used: Record<string, Readonly<Record<string, string>>> = {};
      for (const [caller, openFace] of Object.entries(faces)) {
        await using face = await openFace(server);
        used[caller] = await useAll(face, caller);
      }
      for (const [caller, { payer = "", payee = "", request = "", payment = "" }] of Object.entries(used)) {
        await t.step(caller, async () => {
          // Without settlement accounts, which the first deposit of a currency opens.
          const rows = async (action: string): Promise<readonly unknown[]> =>
            (await pool.writer().query<{ row: unknown }>(
              `select array[action, resource, ids[1]] as row from audit_log
              where resource <> 'profile' and actor = $1 and (action = 'read') = ($2 = 'read')
                and not exists (select from accounts where accounts.kind = 'settlement' and accounts.id::text = ids[1])
              group by 1 order by ${action === "read" ? "1" : "min(position)"}`,
              [caller, action],
            )).rows.map(({ row }) => row);
          assertEquals(await rows("change"), [
            ["create", "account", payer],
            ["update", "account", payer],
            ["create", "account", payee],
            ["create", "payment_request", request],
            ["create", "payment", payment],
            ["update", "payment_request", request],
          ]);
          // Within a second.
          while ((await rows("read")).length < 3) await new Promise((resolve) => setTimeout(resolve, 50));
          assertEquals(await rows("read"), [
            ["read", "account", payer],
            ["read", "payment", payment],
            ["read", "payment_request", request],
          ]);
        });
      }
    },
  });
}
