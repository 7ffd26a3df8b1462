import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { CommandError } from "@archway/service_kit/command.ts";
import type { Server } from "@archway/server/server.ts";
import { databasesWith } from "@archway/tools/support/databases_with.ts";
import { serviceServer } from "@archway/tools/support/service_server.ts";
import { serviceMigrations } from "@archway/tools/support/service_databases.ts";
import { paymentModule } from "../module.ts";
import { rebuildProjections } from "../rebuild/rebuild_projections.ts";
import { findInconsistencies } from "../testing/find_inconsistencies.ts";
import { dataOf, idOf, money, outcome, send } from "../testing/payment_client.ts";
import {
  DOCUMENT,
  payment,
  type Person,
  person,
  request,
  storedTexts,
} from "../testing/personal_payments.ts";
import { erase, PRIVACY, privacy, PRIVACY_SECRETS, PRIVATE_PAYMENTS } from "../testing/privacy_calls.ts";

/** Texts that only this person's data has. */
const NAME = "Quillon Vexworth";
const EMAIL = "quillon.vexworth@example.org";
const REFERENCE = "vexworth-5531";

/** Creates requests that ask no account, and returns the paths of a paid one of each payee, and of another. */
async function openRequests(
  server: Server,
  { erased, other }: { readonly erased: Person; readonly other: Person },
): Promise<
  {
    readonly paidByPerson: string;
    readonly paidToPerson: string;
    readonly unpaid: string;
    readonly moved: string;
  }
> {
  const create = async (payee: Person, more: Readonly<Record<string, unknown>>): Promise<string> => {
    const body = request(payee, more);
    const created = await send(server, "POST /v1/payment-requests", { body, key: crypto.randomUUID() });
    assertEquals(created.status, 201, created.text);
    return `/v1/payment-requests/${idOf(created)}`;
  };
  const pay = async (path: string, payer: Person): Promise<string> => {
    const options = { headers: { "If-Match": "*" }, body: { payerAccountId: payer.account } };
    assertEquals((await send(server, `PUT ${path}/payment`, options)).status, 201);
    return path;
  };
  const moved = await create(other, { payerAccountId: erased.account });
  const revision = { headers: { "If-Match": "*" }, body: request(other) };
  assertEquals((await send(server, `PUT ${moved}`, revision)).status, 200);
  return {
    moved,
    paidByPerson: await pay(await create(other, { reference: "invoice-8" }), erased),
    paidToPerson: await pay(await create(erased, { reference: REFERENCE }), other),
    unpaid: await create(other, { description: "Books" }),
  };
}

/** Returns the ETags of resources by path. */
async function tagsOf(
  server: Server,
  paths: readonly string[],
): Promise<readonly (readonly [string, string])[]> {
  return await Promise.all(paths.map(async (path) => {
    const { status, headers } = await send(server, `GET ${path}`);
    assertEquals(status, 200, path);
    return [path, headers.get("etag") ?? ""] as const;
  }));
}

/** Returns the statuses of conditional reads by path. */
async function revalidated(
  server: Server,
  tags: readonly (readonly [string, string])[],
): Promise<Readonly<Record<string, number>>> {
  const statuses = tags.map(async ([path, tag]) => {
    const { status, headers } = await send(server, `GET ${path}`, { headers: { "If-None-Match": tag } });
    // Another representation has another tag.
    if (status === 200) assert(headers.get("etag") !== tag, path);
    return [path, status] as const;
  });
  return Object.fromEntries(await Promise.all(statuses));
}

/** Returns the numbers that a request prints by table: of records, and of those that are still personal. */
function numbersOf(output: string): Readonly<Record<string, string>> {
  const lines = output.matchAll(/^([a-z_]+) +(\d+) +(\d+) /gm);
  return Object.fromEntries(
    [...lines].map(([, table, records, personal]) => [table, `${records} ${personal}`]),
  );
}

for (const [name, open] of Object.entries(databasesWith(serviceMigrations(...PRIVACY, paymentModule)))) {
  Deno.test({
    name: `privacy exports and erases a person on ${name}`,
    ignore: PRIVACY.length === 0,
    async fn(t): Promise<void> {
      await using database = await open();
      const { pool } = database;
      const server = serviceServer(pool, { services: PRIVATE_PAYMENTS, hmacSecrets: PRIVACY_SECRETS });
      const [erased, other] = [
        await person(server, { name: NAME, email: EMAIL }),
        await person(server, { name: "Ada" }),
      ];
      const keyed = { body: payment(erased, other), key: crypto.randomUUID() };
      const paid = await send(server, "POST /v1/payments", keyed);
      const id = idOf(paid);
      const received = idOf(
        await send(server, "POST /v1/payments", { body: payment(other, erased), key: crypto.randomUUID() }),
      );
      const refund = { body: { amount: money("1.00"), description: `For ${NAME}` } };
      const refundPath = `/v1/payments/${id}/refunds/${crypto.randomUUID()}`;
      assertEquals((await send(server, `PUT ${refundPath}`, refund)).status, 201);
      const asked = { payerAccountId: other.account, reference: "invoice-7" };
      const requests = await Promise.all([request(erased, asked), request(other)].map(async (body) => {
        const path = `/v1/payment-requests/${crypto.randomUUID()}`;
        const { payerAccountId } = { payerAccountId: erased.account, ...body };
        const put = await send(server, `PUT ${path}`, { body: { ...body, payerAccountId } });
        assertEquals(put.status, 201, put.text);
        return path;
      }));
      // Requests that asked no account: the erased person pays one, and is paid by the other.
      const opened = await openRequests(server, { erased, other });
      const batch = { body: { requests: [request(erased)] }, key: crypto.randomUUID() };
      assertEquals((await send(server, "POST /v1/payment-request-batches", batch)).status, 202);
      const unrelated = await person(server, { name: "Grace" });
      const kept = idOf(
        await send(server, "POST /v1/payments", {
          body: payment(other, unrelated, "Books"),
          key: crypto.randomUUID(),
        }),
      );

      await t.step("events have no personal data in plain text, and are read in plain text", async () => {
        const { rows } = await pool.writer().query<{ text: string }>(
          "select string_agg(data::text, '') as text from events",
        );
        assert(!rows[0]?.text.includes(DOCUMENT) && !rows[0]?.text.includes("Books"));
        const { body } = await send(server, `GET /v1/payments/${id}/events`);
        assertEquals(body.data?.map(({ data }) => Object(data).description), [DOCUMENT, `For ${NAME}`]);
      });
      await t.step("export prints everything with where it stands", async () => {
        const { code, output } = await privacy(pool, "export", "--subject", erased.profile);
        assertEquals(code, 0);
        const { subject, records }: {
          subject: string;
          records: { table: string; data: Record<string, unknown> }[];
        } = JSON.parse(output);
        assertEquals(subject, erased.profile);
        const count = (table: string): number => records.filter((one) => one.table === table).length;
        // The stored responses of the deposit, two payments, two requests that asked no account, and one that asked the person.
        assertEquals(
          ["profiles", "accounts", "payments", "refunds", "entries", "idempotency_keys", "subject_keys"].map(
            count,
          ),
          [1, 1, 4, 1, 6, 6, 1],
        );
        // Of the account, the deposit, four payments, a refund, and five payment requests: two of them paid, one without
        // its last revision.
        assertEquals([count("events"), count("payment_requests")], [14, 4]);
        assertEquals(records[0]?.data["email"], EMAIL);
        const texts = records.filter((one) => one.table === "events").map(({ data }) =>
          Object(data["data"]).description
        );
        assertEquals(
          texts.filter((text) => text !== undefined).toSorted(),
          [...Array(11).fill(DOCUMENT), `For ${NAME}`].toSorted(),
        );
      });
      await t.step("export and erase refuse an unknown person", async () => {
        for (const action of ["export", "erase"]) {
          const run = (): Promise<unknown> => privacy(pool, action, "--subject", crypto.randomUUID());
          await assertRejects(run, CommandError, "no data about");
        }
      });
      await t.step("erase changes nothing before its confirmation", async () => {
        const before = await storedTexts(pool);
        const [first, second] = [
          await privacy(pool, "erase", "--subject", erased.profile),
          await privacy(pool, "erase", "--subject", erased.profile),
        ];
        // The same request.
        assertEquals(first.output, second.output);
        assertEquals(numbersOf(first.output), {
          ...{ profiles: "1 1", accounts: "1 0", entries: "6 0", payments: "4 4", refunds: "1 1" },
          ...{ events: "14 12", payment_requests: "4 4", payment_request_batch_items: "1 1" },
          idempotency_keys: "6 6",
        });
        assertStringIncludes(first.output, "\nStill personal: 29 of 38 records\n");
        assertStringIncludes(before, NAME);
        assertEquals((await send(server, `GET /v1/profiles/${erased.profile}`)).status, 200);
        const wrong = (): Promise<unknown> =>
          privacy(pool, "erase", "--subject", erased.profile, "--confirm", crypto.randomUUID());
        await assertRejects(wrong, CommandError, "no such request");
        const balance = `account ${erased.account} has a balance of`;
        assertStringIncludes(first.output, `Pay out first: ${balance}`);
        const confirm = /--confirm (\S+)/.exec(first.output)?.[1] ?? "";
        const stranding = (): Promise<unknown> =>
          privacy(pool, "erase", "--subject", erased.profile, "--confirm", confirm);
        await assertRejects(stranding, CommandError, balance);
        assertEquals((await send(server, `GET /v1/profiles/${erased.profile}`)).status, 200);
      });
      const changed = await tagsOf(server, [
        ...[
          `/v1/payments/${id}`,
          `/v1/payments/${received}`,
          refundPath,
          ...requests,
          ...Object.values(opened),
        ]
          .filter((path) => path !== opened.unpaid),
        ...[`/v1/payments/${id}/refunds`, `/v1/payments/${id}/events`, `${opened.moved}/revisions`],
        ...[`/v1/payments`, `/v1/payment-requests`, `/v1/profiles`],
      ]);
      const same = await tagsOf(server, [
        ...[
          `/v1/accounts/${erased.account}`,
          `/v1/accounts/${erased.account}/entries`,
          `/v1/payments/${kept}`,
        ],
        ...[`/v1/payments/${kept}/events`, opened.unpaid, `/v1/profiles/${other.profile}`],
      ]);
      const profileTag = await tagsOf(server, [`/v1/profiles/${erased.profile}`]);
      let receipt: Readonly<Record<string, unknown>> = {};
      await t.step("erase leaves ids and amounts, and the books balance", async () => {
        receipt = await erase(pool, erased.profile);
        assertEquals(receipt["subject"], erased.profile);
        assertEquals([receipt["keyDestroyed"], receipt["documentKeysDestroyed"]], [true, 5]);
        assertEquals(receipt["erased"], [
          { table: "profiles", rows: 1 },
          { table: "payments", rows: 4 },
          { table: "refunds", rows: 1 },
          { table: "payment_requests", rows: 5 },
          { table: "payment_request_batch_items", rows: 1 },
          { table: "idempotency_keys", rows: 6 },
        ]);
        const texts = await storedTexts(pool);
        for (const text of [NAME, EMAIL, DOCUMENT, REFERENCE]) assert(!texts.includes(text), text);
        assertEquals(await findInconsistencies(pool.writer()), []);
        const { amount, description } = dataOf(await send(server, `GET /v1/payments/${id}`));
        assertEquals([amount, description], [money("2.00"), null]);
        const history = await send(server, `GET /v1/payments/${received}/events`);
        assertEquals(history.body.data?.map(({ data }) => Object(data).description), [null]);
        for (const path of requests) {
          assertEquals(dataOf(await send(server, `GET ${path}`))["description"], null);
          const revisions = await send(server, `GET ${path}/revisions`);
          assertEquals(revisions.body.data?.map((revision) => revision["description"]), [null]);
        }
      });
      await t.step("representations that have changed have another ETag", async () => {
        const statuses = (tags: typeof same, status: number): unknown =>
          Object.fromEntries(tags.map(([path]) => [path, status]));
        assertEquals(await revalidated(server, changed), statuses(changed, 200));
        assertEquals(await revalidated(server, same), statuses(same, 304));
        assertEquals(await revalidated(server, profileTag), statuses(profileTag, 404));
        const [, tag = ""] = changed.find(([path]) => path === opened.moved) ?? [];
        const stale = await send(server, `POST ${opened.moved}/cancel`, { headers: { "If-Match": tag } });
        const [[, current] = []] = await tagsOf(server, [opened.moved]);
        assertEquals([outcome(stale), stale.headers.get("etag")], ["412 payment-request-changed", current]);
        const etags = Object((await send(server, "GET /v1/payment-requests")).body.meta?.["etags"]);
        assertEquals(etags[opened.moved.split("/").at(-1) ?? ""], current);
      });
      await t.step(
        "the text of requests that the person paid is gone, and the reference of their payee stays",
        async () => {
          const shown = async (path: string): Promise<readonly unknown[]> => {
            const { description, reference } = dataOf(await send(server, `GET ${path}`));
            const { body } = await send(server, `GET ${path}/revisions`);
            return [description, reference, ...body.data?.map((revision) => revision["description"]) ?? []];
          };
          assertEquals(await shown(opened.paidByPerson), [null, "invoice-8", null, null]);
          assertEquals(await shown(opened.paidToPerson), [null, null, null, null]);
          assertEquals(await shown(opened.unpaid), ["Books", null, "Books"]);
          // It asked the person first, and another one since.
          assertEquals(await shown(opened.moved), [null, null, null, null]);
          const again = { body: request(other, { reference: "invoice-8" }), key: crypto.randomUUID() };
          assertEquals(
            outcome(await send(server, "POST /v1/payment-requests", again)),
            "409 reference-exists",
          );
        },
      );
      await t.step("rebuilt projections equal the live ones", async () => {
        const cipher = PRIVACY[0]?.cipher?.(PRIVACY_SECRETS);
        const { tables } = await rebuildProjections(pool, { swap: false, cipher });
        assertEquals(
          tables.map(({ missing, extra, different }) => [missing, extra, different]),
          tables.map(() => [0, 0, 0]),
        );
      });
      await t.step("a repeated request is refused, and not executed again", async () => {
        assertEquals(outcome(await send(server, "POST /v1/payments", keyed)), "422 idempotency-key-expired");
      });
      await t.step("data of others stays", async () => {
        assertEquals(dataOf(await send(server, `GET /v1/payments/${kept}`))["description"], "Books");
        const { body } = await send(server, `GET /v1/payments/${kept}/events`);
        assertEquals(body.data?.map(({ data }) => Object(data).description), ["Books"]);
        assertEquals(dataOf(await send(server, `GET /v1/profiles/${other.profile}`))["name"], "Ada");
      });
      await t.step("the person is gone, and payments to them are refused", async () => {
        assertEquals((await send(server, `GET /v1/profiles/${erased.profile}`)).status, 404);
        const refused = { body: payment(other, erased), key: crypto.randomUUID() };
        assertEquals(outcome(await send(server, "POST /v1/payments", refused)), "422 profile-deleted");
      });
      await t.step("erase with the same request returns the same receipt", async () => {
        const again = await privacy(
          pool,
          "erase",
          "--subject",
          erased.profile,
          "--confirm",
          String(receipt["request"]),
        );
        assertEquals(JSON.parse(again.output), receipt);
        const { output } = await privacy(pool, "export", "--subject", erased.profile);
        assert(!output.includes(NAME) && !output.includes(DOCUMENT));
      });
      await t.step("erase --again counts what is still personal, and erases no more", async () => {
        const notAgain = await privacy(pool, "erase", "--subject", erased.profile);
        assertStringIncludes(notAgain.output, "nothing was requested");
        const requested = await privacy(pool, "erase", "--subject", erased.profile, "--again");
        assertEquals(numbersOf(requested.output), {
          ...{ profiles: "1 0", accounts: "1 0", entries: "6 0", payments: "4 0", refunds: "1 0" },
          ...{ events: "14 0", payment_requests: "4 0", payment_request_batch_items: "1 0" },
          // The response to the refused payment.
          idempotency_keys: "1 1",
        });
        assertStringIncludes(requested.output, "\nStill personal: 1 of 33 records\n");
        const confirm = /--confirm (\S+)/.exec(requested.output)?.[1] ?? "";
        assert(confirm !== receipt["request"]);
        const again = await privacy(
          pool,
          ...["erase", "--subject", erased.profile, "--confirm", confirm, "--insist"],
        );
        assertEquals(JSON.parse(again.output).erased.map(({ rows }: { rows: number }) => rows), [
          ...[0, 0, 0, 0, 0, 1],
        ]);
        assertStringIncludes(again.notes, "Still personal: 0 of 32 records\n");
      });
    },
  });
}
