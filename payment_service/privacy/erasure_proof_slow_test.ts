import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import type { ConnectionPool } from "@archway/db/db.ts";
import { startEmbedded } from "@archway/db/embedded/start_embedded.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import { withApi, withIdempotency } from "@archway/server/server_options.ts";
import { createServer, type Server } from "@archway/server/server.ts";
import { GENEROUS_TIMEOUTS } from "@archway/tools/support/generous_timeouts.ts";
import type { StandbyServer } from "@archway/tools/support/postgres/standby_server.ts";
import { startPostgres } from "@archway/tools/support/postgres/start_postgres.ts";
import { startStandby } from "@archway/tools/support/postgres/start_standby.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { MainProgram } from "@archway/tools/support/program.ts";
import { serviceMigrations } from "@archway/tools/support/service_databases.ts";
import { mountOnPool } from "@archway/tools/support/service_server.ts";
import { services } from "../../services.ts";
import { paymentModule } from "../module.ts";
import { findBytes } from "../testing/find_bytes.ts";
import { findInconsistencies } from "../testing/find_inconsistencies.ts";
import { dataOf, idOf, money, send } from "../testing/payment_client.ts";
import { erase, PRIVACY, privacy, PRIVACY_SECRETS, PRIVATE_PAYMENTS } from "../testing/privacy_calls.ts";

/** Bytes that occur only in data of the person; also in lower case, as in an index. */
const DISTINCTIVE = [
  "Quillonvex",
  "Vexworthy",
  "oldmailqz",
  "newmailqz",
  "7741-9902-QX",
  "bequestzq",
  "giftzqback",
  "Wantedqzv",
];
const TEXTS = [...DISTINCTIVE, ...DISTINCTIVE.map((text) => text.toLowerCase())];

/** A database with its files. */
interface FiledDatabase extends AsyncDisposable {
  readonly instance: InstanceConfig;
  readonly directory: string;
  /** Replica and log; absent for the embedded one. */
  readonly beside?: Beside;
  /** Stops it and leaves its files. */
  stop(): Promise<void>;
}

/** Replica and log of a server. */
interface Beside {
  readonly standby: StandbyServer;
  readonly catchUp: () => Promise<void>;
  readonly log: () => Promise<string>;
}

const OPENERS: Readonly<Record<string, () => Promise<FiledDatabase>>> = {
  async PostgreSQL(): Promise<FiledDatabase> {
    // As small as it can be, so that the log is recycled.
    const settings = {
      ...{ max_wal_size: "32MB", min_wal_size: "32MB", autovacuum: "off" },
      shared_preload_libraries: "pg_stat_statements",
    };
    const server = await startPostgres({ settings });
    const standby = await startStandby(server, { settings });
    return {
      instance: server.instance,
      directory: server.dataDirectory,
      beside: { standby, catchUp: () => standby.catchUp(server), log: () => server.log() },
      stop: () => server.stop(),
      async [Symbol.asyncDispose](): Promise<void> {
        await standby[Symbol.asyncDispose]();
        await server[Symbol.asyncDispose]();
      },
    };
  },
  async embedded(): Promise<FiledDatabase> {
    const directory = await Deno.makeTempDir({ prefix: "archway_erasure_" });
    const database = await startEmbedded({ dataDirectory: directory });
    let stopped: PromiseLike<void> | undefined;
    const stop = async (): Promise<void> => await (stopped ??= database[Symbol.asyncDispose]());
    return {
      ...{ instance: database.instance, directory, stop },
      async [Symbol.asyncDispose](): Promise<void> {
        await stop();
        await Deno.remove(directory, { recursive: true });
      },
    };
  },
};

/** Returns the texts that no file has. */
async function missing(directory: string): Promise<readonly string[]> {
  const left = new Set(DISTINCTIVE);
  const visit = async (folder: string): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      if (isDirectory) await visit(join(folder, name));
      else {
        const bytes = Buffer.from(await Deno.readFile(join(folder, name)).catch(() => new Uint8Array()));
        for (const text of left) if (bytes.includes(text)) left.delete(text);
      }
    }
  };
  await visit(directory);
  return [...left];
}

/** Receiver of webhooks that accepts the first event, and refuses all others while `accepts` is false. */
class Receiver implements AsyncDisposable {
  readonly bodies: string[] = [];
  accepts = false;
  readonly #server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen(): void {} }, async (request) => {
    const body = await request.text();
    const isFirst = this.bodies.length === 0;
    if (isFirst || this.accepts) this.bodies.push(body);
    return new Response(null, { status: isFirst || this.accepts ? 204 : 503 });
  });

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!await condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Sends a person through every path, and returns the id of their profile. */
async function sendPerson(server: Server, pool: ConnectionPool, receiver: Receiver): Promise<string> {
  const post = async (path: string, body: unknown, keyed = false): Promise<string> => {
    const response = await send(server, path, { body, ...(keyed && { key: crypto.randomUUID() }) });
    assert(response.status < 300, response.text);
    return idOf(response);
  };
  const open = async (body: Record<string, string>): Promise<{ profile: string; account: string }> => {
    const profile = await post("POST /v1/profiles", body);
    const account = await post("POST /v1/accounts", { profileId: profile, currency: "BRL" });
    await post(`POST /v1/accounts/${account}/deposits`, { amount: money("90.00") }, true);
    return { profile, account };
  };
  await post("POST /v1/webhooks", { url: receiver.url, eventTypes: ["payment.settled", "payment.refunded"] });
  const person = await open({ name: "Quillonvex Vexworthy", email: "oldmailqz@example.org" });
  const { headers } = await send(server, `GET /v1/profiles/${person.profile}`);
  const patched = await send(server, `PATCH /v1/profiles/${person.profile}`, {
    headers: { "Content-Type": "application/merge-patch+json", "If-Match": headers.get("ETag") ?? "" },
    body: { email: "newmailqz@example.org" },
  });
  assertEquals(patched.status, 200, patched.text);
  const other = await open({ name: "Ada" });
  // An error whose detail has the address.
  const { status } = await send(server, "POST /v1/profiles", {
    body: { name: "Eve", email: "newmailqz@example.org" },
  });
  assertEquals(status, 409);
  const between = { payerAccountId: person.account, payeeAccountId: other.account, amount: money("3.00") };
  await post("POST /v1/payments", { ...between, description: "Document 7741-9902-QX" }, true);
  await until(() => receiver.bodies.length === 1);
  const id = crypto.randomUUID();
  await post(`PUT /v1/payments/${id}`, { ...between, description: "A bequestzq of Quillonvex" });
  await post(`PUT /v1/payments/${id}/refunds/${crypto.randomUUID()}`, {
    amount: money("1.00"),
    description: "giftzqback",
  });
  await post("POST /v1/payments", {
    ...{ payerAccountId: other.account, payeeAccountId: person.account, amount: money("2.00") },
    description: "For Vexworthy, 7741-9902-QX",
  }, true);
  await post("POST /v1/payment-requests", {
    ...{ payeeAccountId: person.account, payerAccountId: other.account, amount: money("4.00") },
    ...{ description: "Wantedqzv", expiresAt: new Date(Date.now() + 86_400_000).toISOString() },
  }, true);
  // Enough others that statistics have values of the person.
  for (let index = 0; index < 30; index++) await post("POST /v1/profiles", { name: `Person ${index}` });
  await pool.writer().query("analyze");
  await until(async () =>
    (await pool.writer().query("select from webhook_deliveries where attempts > 0")).rowCount >= 3
  );
  return person.profile;
}

/** Exports all data sets to a folder, and returns the rows of its files as text; none in copies without exports. */
async function exportedText(instance: InstanceConfig, folder: string): Promise<string> {
  if (!services.some(({ name }) => name === "export")) return "";
  const { asyncBufferFromFile, parquetReadObjects } = await import("hyparquet");
  let text = "";
  for (const name of ["events", "payments", "accounts", "profiles"]) {
    const environment = { ...postgresEnvironment(instance), HMAC_SECRET: PRIVACY_SECRETS[0] };
    await using program = new MainProgram(environment, ["export", name, "--to", folder]);
    const { code, stderr } = await program.ended();
    assertEquals(code, 0, stderr);
  }
  const visit = async (path: string): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(path)) {
      const file = join(path, name);
      if (isDirectory) await visit(file);
      else if (name.endsWith(".parquet")) {
        const rows = await parquetReadObjects({ file: await asyncBufferFromFile(file) });
        text += JSON.stringify(rows, (_, value) => typeof value === "bigint" ? `${value}` : value);
      }
    }
  };
  await visit(folder);
  return text;
}

/** Scrubs until no step fails: a replica may need old segments of the log for a moment. */
async function scrubAll(pool: ConnectionPool): Promise<void> {
  for (;;) {
    const { code, notes } = await privacy(pool, "scrub");
    if (code === 0) return;
    assertMatch(notes, /Not done: overwrite the write-ahead log: \d+ old segments remain, for a replica/);
  }
}

for (const [name, open] of Object.entries(OPENERS)) {
  Deno.test({
    name: `privacy erase and scrub leave nothing of a person in the files of ${name}`,
    ignore: PRIVACY.length === 0,
    async fn(t): Promise<void> {
      await using database = await open();
      await using receiver = new Receiver();
      const { directory, instance, beside } = database;
      const folder = await Deno.makeTempDir({ prefix: "archway_erasure_" });
      await using cleanup = new AsyncDisposableStack();
      cleanup.defer(() => Deno.remove(folder, { recursive: true }));
      {
        await using pool = openPool({ primary: database.instance, replicas: [], ...GENEROUS_TIMEOUTS });
        await pool.migrate(serviceMigrations(...PRIVACY, paymentModule));
        const mounted = mountOnPool(pool, {
          services: PRIVATE_PAYMENTS,
          hmacSecrets: PRIVACY_SECRETS,
          settings: { WEBHOOK_ALLOW_PRIVATE: "true", POSTGRES_PRIMARY_HOST: "" },
        });
        const apis = mounted.services.flatMap(({ api }) => api === undefined ? [] : [withApi(api)]);
        const server = createServer("127.0.0.1", 0, withIdempotency(mounted.idempotency), ...apis);
        await using work = new AsyncDisposableStack();
        for (const { background } of mounted.services) {
          if (background !== undefined) work.use(await background.open()).start();
        }
        const subject = await sendPerson(server, pool, receiver);
        await t.step("the files have the texts before: the search finds them", async () => {
          await pool.writer().query("checkpoint");
          assertEquals(await missing(directory), []);
          await beside?.catchUp();
          if (beside !== undefined) assertEquals(await missing(beside.standby.dataDirectory), []);
        });
        await t.step("exported files have none of them, before and after the erasure", async () => {
          if (beside === undefined) return;
          const before = await exportedText(instance, join(folder, "before"));
          if (before !== "") assertStringIncludes(before, subject);
          assertEquals(TEXTS.filter((text) => before.includes(text)), []);
        });
        await t.step("webhooks deliver null after the erasure", async () => {
          // No attempt is under way, which may have read the texts before.
          await until(async () => {
            await pool.writer().query(
              "update webhook_lanes set due_at = now() + interval '1 day' where lease is null",
            );
            const attempts =
              "select from webhook_lanes where lease is not null or due_at < now() + interval '1 hour'";
            return (await pool.writer().query(attempts)).rowCount === 0;
          });
          await erase(pool, subject);
          receiver.accepts = true;
          await pool.writer().query("update webhook_lanes set due_at = now() - interval '1 s'");
          await until(() => receiver.bodies.length >= 4);
          for (const body of receiver.bodies.slice(1)) {
            assertEquals(JSON.parse(body).data.description, null, body);
          }
          assertEquals(await findInconsistencies(pool.writer()), []);
        });
        await t.step("VACUUM and a checkpoint are not enough", async () => {
          await pool.writer().query("vacuum");
          await pool.writer().query("checkpoint");
          const left = await findBytes(directory, TEXTS);
          assert(left.length > 0);
        });
        await t.step("scrub leaves nothing", async () => {
          await beside?.catchUp();
          await scrubAll(pool);
          assertEquals(await findBytes(directory, TEXTS), []);
        });
        await t.step("neither do a replica that was checkpointed and another scrub", async () => {
          if (beside === undefined) return;
          const { standby } = beside;
          await using replica = openPool({ primary: standby.instance, replicas: [], ...GENEROUS_TIMEOUTS });
          const checkpoint = async (): Promise<void> => {
            await beside.catchUp();
            await replica.writer().query("checkpoint");
          };
          await checkpoint();
          await scrubAll(pool);
          await checkpoint();
          assertEquals(await findBytes(standby.dataDirectory, TEXTS), []);
        });
        await t.step(
          "files that are exported then have none, and the texts of statements neither",
          async () => {
            if (beside === undefined) return;
            const after = await exportedText(instance, join(folder, "after"));
            assertEquals(TEXTS.filter((text) => after.includes(text)), []);
            await pool.writer().query("create extension pg_stat_statements");
            const { rows } = await pool.writer().query<{ query: string }>(
              "select query from pg_stat_statements",
            );
            assert(rows.some(({ query }) => query.includes("insert into profiles")));
            assertEquals(TEXTS.filter((text) => rows.some(({ query }) => query.includes(text))), []);
          },
        );
        await t.step(
          "the log of the server has what an error shows: its retention is the operator's",
          async () => {
            if (beside !== undefined) assertStringIncludes(await beside.log(), "newmailqz@example.org");
          },
        );
        assertEquals(dataOf(await send(server, `GET /v1/profiles/${subject}`)), {});
      }
      await t.step("nothing is written at the shutdown either", async () => {
        await database.stop();
        assertEquals(await findBytes(directory, TEXTS), []);
      });
    },
  });
}
