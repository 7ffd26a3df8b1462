import { assertEquals } from "@std/assert";
import { withDocuments } from "@archway/server/server_options.ts";
import { compareFaces, type Face, type OpenFace, type Scenario } from "@archway/tools/support/faces/face.ts";
import { graphqlFace, type GraphqlForm } from "@archway/tools/support/faces/graphql_face.ts";
import { mcpFace } from "@archway/tools/support/faces/mcp_face.ts";
import { restFace } from "@archway/tools/support/faces/rest_face.ts";
import { at } from "@archway/tools/support/graphql_client.ts";
import { serviceServer } from "@archway/tools/support/service_server.ts";
import { services } from "../services.ts";
import { emptyPaymentTables } from "./testing/empty_payment_tables.ts";
import { byName, money } from "./testing/payment_client.ts";
import { PAYMENT_DATABASES, PAYMENT_SERVICES } from "./testing/payment_program.ts";

const PROBLEM = "... on Problem { type status }";
const PAYMENT = "{ id status amount { amount currency } refunded { amount currency } etag }";
const REQUEST = "{ id status reference paymentId expiresAt amount { amount currency } etag }";
const FORMS: Readonly<Record<string, GraphqlForm>> = {
  createProfile: {
    document: `mutation ($body: NewProfileInput!) { result: createProfile(input: $body) {
      ... on CreateProfileSuccess { data: profile { id etag } } ${PROBLEM} } }`,
  },
  openAccount: {
    document: `mutation ($body: NewAccountInput!) { result: openAccount(input: $body) {
      ... on OpenAccountSuccess { data: account { id etag } } ${PROBLEM} } }`,
  },
  createDeposit: {
    document: `mutation ($id: ID!, $key: String!, $body: NewDepositInput!) {
      result: createDeposit(accountId: $id, idempotencyKey: $key, input: $body) {
        ... on CreateDepositSuccess { data: deposit { id } replayed } ${PROBLEM} } }`,
  },
  createPayment: {
    document: `mutation ($key: String!, $body: NewPaymentInput!) {
      result: createPayment(idempotencyKey: $key, input: $body) {
        ... on CreatePaymentSuccess { data: payment ${PAYMENT} replayed } ${PROBLEM} } }`,
  },
  putRefund: {
    document: `mutation ($id: ID!, $refundId: ID!, $body: NewRefundInput!) {
      result: refundPayment(paymentId: $id, refundId: $refundId, input: $body) {
        ... on RefundPaymentSuccess { data: refund { id amount { amount } } } ${PROBLEM} } }`,
  },
  putPaymentRequest: {
    document: `mutation ($id: ID!, $ifMatch: String, $body: NewPaymentRequestInput!) {
      result: putPaymentRequest(id: $id, ifMatch: $ifMatch, input: $body) {
        ... on PutPaymentRequestSuccess { data: paymentRequest ${REQUEST} } ${PROBLEM} } }`,
  },
  payPaymentRequest: {
    document: `mutation ($id: ID!, $ifMatch: String!, $body: PaymentOfRequestInput!) {
      result: payPaymentRequest(paymentRequestId: $id, ifMatch: $ifMatch, input: $body) {
        ... on PayPaymentRequestSuccess { data: payment ${PAYMENT} } ${PROBLEM} } }`,
  },
  cancelPaymentRequest: {
    document: `mutation ($id: ID!, $ifMatch: String!) {
      result: cancelPaymentRequest(id: $id, ifMatch: $ifMatch) {
        ... on CancelPaymentRequestSuccess { data: paymentRequest ${REQUEST} } ${PROBLEM} } }`,
  },
  getPaymentRequest: {
    document: `query ($id: ID!) { result: paymentRequest(id: $id) ${REQUEST} }`,
    missing: "404 payment-request-not-found",
  },
  createPaymentRequestBatch: {
    document: `mutation ($key: String!, $body: NewPaymentRequestBatchInput!) {
      result: createPaymentRequestBatch(idempotencyKey: $key, input: $body) {
        ... on CreatePaymentRequestBatchSuccess { data: paymentRequestBatch { id status total failed } replayed }
        ${PROBLEM} } }`,
  },
  getPayment: {
    document: `query ($id: ID!) { result: payment(id: $id) ${PAYMENT} }`,
    missing: "404 payment-not-found",
  },
  listPayments: {
    document: `query ($limit: Int, $after: String) { result: payments(first: $limit, after: $after) {
      data: nodes ${PAYMENT} pageInfo { hasNextPage endCursor } } }`,
  },
};

/** Faces beside REST, by the name of their module, so that each can be removed. */
const BESIDE: Readonly<Record<string, OpenFace>> = { mcp: mcpFace, graphql: graphqlFace(FORMS) };
const modules = services.filter(({ name }) => name in BESIDE);

async function idOf(call: ReturnType<Face["call"]>): Promise<string> {
  const { data, problem } = await call;
  assertEquals(problem, undefined);
  return String(at(data, "id"));
}

/** Returns the value of an enum, which GraphQL has in upper case. */
function lower(value: unknown): string {
  return String(value).toLowerCase();
}

/** Opens an account of a caller, with a balance. */
async function open(face: Face, caller: string, balance: string): Promise<string> {
  const profileId = await idOf(face.call("createProfile", { body: { name: caller } }, caller));
  const id = await idOf(face.call("openAccount", { body: { profileId, currency: "BRL" } }, caller));
  if (balance !== "0") {
    const deposit = { path: { id }, key: crypto.randomUUID(), body: { amount: money(balance) } };
    await idOf(face.call("createDeposit", deposit, caller));
  }
  return id;
}

/** A month from now. */
const EXPIRES = new Date(Date.now() + 30 * 86_400_000).toISOString();

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  "pay twice with a key, and refund": async (face) => {
    const [payerAccountId, payeeAccountId] = [
      await open(face, "ada", "100.00"),
      await open(face, "bob", "0"),
    ];
    const body = { payerAccountId, payeeAccountId, amount: money("10.00") };
    const key = crypto.randomUUID();
    const first = await face.call("createPayment", { key, body }, "ada");
    const again = await face.call("createPayment", { key, body }, "ada");
    const other = await face.call("createPayment", { key, body: { ...body, amount: money("9.00") } }, "ada");
    const path = { id: String(at(first.data, "id")), refundId: crypto.randomUUID() };
    const refund = { path, body: { amount: money("4.00") } };
    const byPayer = await face.call("putRefund", refund, "ada");
    const refunded = await face.call("putRefund", refund, "bob");
    const repeated = await face.call("putRefund", refund, "bob");
    const tooMuch = await face.call(
      "putRefund",
      { path: { ...path, refundId: crypto.randomUUID() }, body: { amount: money("7.00") } },
      "bob",
    );
    const read = await face.call("getPayment", { path: { id: path.id } }, "ada");
    const stranger = await face.call("getPayment", { path: { id: path.id } }, "eve");
    return [
      [first.problem, first.replayed, again.replayed, at(first.data, "id") === at(again.data, "id")],
      [other.problem, byPayer.problem, at(refunded.data, "amount.amount"), repeated.problem, tooMuch.problem],
      [at(read.data, "refunded.amount"), stranger.problem],
    ];
  },
  "payments that are refused": async (face) => {
    const [payerAccountId, payeeAccountId] = [await open(face, "ada", "10.00"), await open(face, "bob", "0")];
    const pay = (amount: string, caller: string): ReturnType<Face["call"]> =>
      face.call("createPayment", {
        key: crypto.randomUUID(),
        body: { payerAccountId, payeeAccountId, amount: money(amount) },
      }, caller);
    const outcomes = [
      await pay("10.01", "ada"),
      await pay("1.00", "bob"),
      await pay("1.001", "ada"),
      await pay("1.00", "ada-reader"),
    ];
    return outcomes.map(({ problem }) => problem);
  },
  "request payments, revise, pay and cancel": async (face) => {
    const [payerAccountId, payeeAccountId] = [
      await open(face, "ada", "100.00"),
      await open(face, "bob", "0"),
    ];
    const terms = { payeeAccountId, amount: money("10.00"), expiresAt: EXPIRES };
    const path = { id: crypto.randomUUID() };
    const body = { ...terms, reference: "invoice-1" };
    const created = await face.call("putPaymentRequest", { path, body }, "bob");
    const again = await face.call("putPaymentRequest", { path, body }, "bob");
    const more = { ...body, amount: money("12.00") };
    const other = await face.call("putPaymentRequest", { path, body: more }, "bob");
    const revised = await face.call("putPaymentRequest", { path, body: more, ifMatch: created.etag }, "bob");
    const payment = { path, body: { payerAccountId } };
    const stale = await face.call("payPaymentRequest", { ...payment, ifMatch: created.etag }, "ada");
    const paid = await face.call("payPaymentRequest", { ...payment, ifMatch: revised.etag }, "ada");
    const repeated = await face.call("payPaymentRequest", { ...payment, ifMatch: revised.etag }, "ada");
    const late = await face.call("cancelPaymentRequest", { path, ifMatch: "*" }, "bob");
    const read = await face.call("getPaymentRequest", { path }, "bob");
    const second = { path: { id: crypto.randomUUID() }, body };
    const taken = await face.call("putPaymentRequest", second, "bob");
    const free = { ...second, body: { ...terms, payerAccountId } };
    const asked = await face.call("putPaymentRequest", free, "bob");
    const stranger = await face.call("getPaymentRequest", { path: free.path }, "eve");
    const cancelled = await face.call(
      "cancelPaymentRequest",
      { path: free.path, ifMatch: asked.etag },
      "bob",
    );
    const batch = { key: crypto.randomUUID(), body: { requests: [body, { ...terms, amount: money("1") }] } };
    const accepted = await face.call("createPaymentRequestBatch", batch, "bob");
    const replayed = await face.call("createPaymentRequestBatch", batch, "bob");
    return [
      [created.etag, again.etag, other.problem, revised.etag, stale.problem],
      [at(paid.data, "amount.amount"), at(repeated.data, "id") === at(paid.data, "id"), late.problem],
      [lower(at(read.data, "status")), at(read.data, "reference"), taken.problem, stranger.problem],
      [
        lower(at(cancelled.data, "status")),
        at(accepted.data, "failed"),
        accepted.replayed,
        replayed.replayed,
      ],
    ];
  },
  "walk the list of payments": async (face) => {
    const [payerAccountId, payeeAccountId] = [await open(face, "ada", "10.00"), await open(face, "bob", "0")];
    for (const amount of ["1.00", "2.00", "3.00"]) {
      const body = { payerAccountId, payeeAccountId, amount: money(amount) };
      await idOf(face.call("createPayment", { key: crypto.randomUUID(), body }, "ada"));
    }
    const amounts: unknown[] = [];
    let after: string | undefined;
    do {
      const query = { limit: 2, ...(after !== undefined && { after }) };
      const { data, next } = await face.call("listPayments", { query }, "ada");
      amounts.push(Array.isArray(data) ? data.map((one) => at(one, "amount.amount")) : data);
      after = next;
    } while (after !== undefined);
    return amounts;
  },
};

Deno.test("every face of payments has the same outcomes and states", async (t) => {
  const [openDatabase] = Object.values(PAYMENT_DATABASES);
  if (openDatabase === undefined) throw new Error("No database");
  await using database = await openDatabase();
  await using server = serviceServer(database.pool, {
    services: [...PAYMENT_SERVICES, ...modules],
    settings: { MCP_MODE: "write" },
    options: [byName, withDocuments(true)],
  });
  const rest = restFace(["payment", "profile"]);
  await compareFaces(server, t, {
    faces: [rest, ...modules.flatMap(({ name }) => BESIDE[name] ?? [])],
    scenarios: SCENARIOS,
    reset: () => emptyPaymentTables(database.pool),
    state: async () => {
      await using face = await rest(server);
      const read = async (operationId: string, id: string): Promise<unknown> =>
        (await face.call(operationId, { path: { id } }, "admin")).data;
      const lists = ["listAccounts", "listPayments", "listPaymentRequests"];
      const [accounts, payments, requests] = await Promise.all(lists.map(async (list) => {
        const { data } = await face.call(list, {}, "admin");
        return Array.isArray(data) ? data : [];
      }));
      return {
        accounts,
        payments,
        requests,
        revisions: await Promise.all(
          requests?.map(({ id }) => read("listPaymentRequestRevisions", id)) ?? [],
        ),
        entries: await Promise.all(accounts?.map(({ id }) => read("listEntries", id)) ?? []),
        events: await Promise.all(payments?.map(({ id }) => read("listPaymentEvents", id)) ?? []),
      };
    },
  });
});
