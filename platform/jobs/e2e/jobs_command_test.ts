import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { ConnectionPool } from "@archway/db/db.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { Program, type ProgramResult } from "@archway/tools/support/program.ts";
import { enqueueMany } from "../enqueue.ts";
import { RECEIPT_PROGRAM } from "../testing/receipt_program.ts";
import { sendReceipt } from "../testing/shop/send_receipt.ts";

type Environment = Readonly<Record<string, string>>;

async function jobs(environment: Environment, ...args: readonly string[]): Promise<ProgramResult> {
  await using program = new Program(environment, ["jobs", ...args], { main: RECEIPT_PROGRAM });
  return await program.ended();
}

/** Returns the listed jobs. */
async function list(environment: Environment, ...args: string[]): Promise<Record<string, unknown>[]> {
  const { code, stdout, stderr } = await jobs(environment, "list", "--json", ...args);
  assertEquals(code, 0, stderr);
  const listed: { readonly jobs: Record<string, unknown>[] } = JSON.parse(stdout);
  return listed.jobs;
}

/** Receives receipts: holds those of "slow" until they are aborted, and fails the others as their order says. */
function startReceiver(): {
  readonly url: string;
  readonly held: Promise<void>;
  readonly aborted: Promise<void>;
} & AsyncDisposable {
  const [held, aborted] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let isFixed = false;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const order = await request.text();
    if (order === "fix") isFixed = true;
    if (order !== "slow") return new Response(null, { status: order === "bad" && !isFixed ? 422 : 204 });
    request.signal.addEventListener("abort", () => aborted.resolve());
    held.resolve();
    await aborted.promise;
    return new Response(null, { status: 503 });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    held: held.promise,
    aborted: aborted.promise,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Waits until a number of jobs is stored. */
async function untilStored(pool: ConnectionPool, condition: string, count: number): Promise<void> {
  const text = `select count(*) as stored from jobs where ${condition}`;
  while (true) {
    const { rows: [row] } = await pool.writer().query<{ readonly stored: bigint }>(text);
    if (row?.stored === BigInt(count)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

Deno.test("archway jobs lists, retries and cancels jobs, waiting, running and dead", async () => {
  await using database = await useTestDatabase();
  const environment = { ...postgresEnvironment(database.instance), MIGRATE_ON_START: "true" };
  assertMatch((await jobs(environment, "list")).stdout, /^No jobs\n$/);
  await using pool = openPool({ primary: database.instance, replicas: [] });
  await using receiver = startReceiver();
  const later = new Date(Date.now() + 3_600_000).toISOString();
  const entries = ["bad", "slow", "good"].map((orderId) => ({ payload: { orderId, url: receiver.url } }));
  const [bad = "", slow = ""] = await enqueueMany(pool.writer(), sendReceipt, entries);
  const [first = "", second = ""] = await enqueueMany(
    pool.writer(),
    sendReceipt,
    entries.slice(2).flatMap((entry) => [{ ...entry, runAt: later }, { ...entry, runAt: later }]),
  );
  await using worker = new Program(environment, ["worker"], { main: RECEIPT_PROGRAM });
  await receiver.held;
  await untilStored(pool, "dead_at is not null", 1);
  await untilStored(pool, "true", 4);

  assertEquals(
    (await list(environment)).map(({ id, state, failedAttempts }) => [id, state, failedAttempts]),
    [
      [bad, "dead", 1],
      [slow, "running", 0],
      [first, "waiting", 0],
      [second, "waiting", 0],
    ],
  );
  const [dead = {}] = await list(environment, "--state", "dead", "--kind", sendReceipt.kind);
  assertStringIncludes(String(dead["lastError"]), "PermanentJobError");
  assertEquals(await list(environment, "--kind", "shop.other"), []);
  const table = await jobs(environment, "list", "--limit", "2");
  assertMatch(table.stdout, /^ID +STATE +KIND +PRIORITY +FAILED +CREATED +DUE +LAST ERROR\n/);
  assertMatch(
    table.stdout,
    /\nSCHEDULE +CRON +TIME ZONE +KIND .*\nshop\.nightly_receipt +30 2 \* \* \* +Europe\/Berlin /,
  );
  assertStringIncludes(table.stderr, "There are more jobs than these 2");

  const cancelled = await jobs(environment, "cancel", slow, first);
  assertEquals(cancelled, { code: 0, stdout: "1 job deleted, 1 running asked to abort\n", stderr: "" });
  await receiver.aborted;
  await untilStored(pool, "true", 2);

  await fetch(receiver.url, { method: "POST", body: "fix" });
  assertEquals((await jobs(environment, "retry", bad)).stdout, "1 job due\n");
  assertEquals(
    (await jobs(environment, "retry", second, "--json")).stdout,
    `{\n  "retried": [\n    "${second}"\n  ]\n}\n`,
  );
  await untilStored(pool, "true", 0);
  const gone = await jobs(environment, "cancel", bad);
  assertEquals(gone, { code: 1, stdout: "", stderr: `archway jobs: ${bad}: no such job, or it has ended\n` });
  await worker.stop();
});

Deno.test("archway jobs cancels all jobs of a kind, and rejects invalid arguments with its usage", async () => {
  await using database = await useTestDatabase();
  const environment = { ...postgresEnvironment(database.instance), MIGRATE_ON_START: "true" };
  assertEquals(await list(environment), []);
  await using pool = openPool({ primary: database.instance, replicas: [] });
  const payload = { orderId: "1", url: "http://127.0.0.1:9/" };
  await enqueueMany(pool.writer(), sendReceipt, Array.from({ length: 1_500 }, () => ({ payload })));
  const { stdout } = await jobs(environment, "cancel", "--kind", sendReceipt.kind);
  assertEquals([stdout, await list(environment)], ["1500 jobs deleted\n", []]);

  const wrong = await jobs({}, "retry");
  assertEquals([wrong.code, wrong.stdout], [2, ""]);
  assertStringIncludes(
    wrong.stderr,
    "archway jobs: retry requires either job IDs, as list shows them, or --kind\n",
  );
  assertStringIncludes(wrong.stderr, "Usage: archway jobs list [--state <state>]");
  assertStringIncludes(
    (await jobs({}, "--help")).stdout,
    "\n  --state <state>  Waiting, running or dead (default: all)\n",
  );
});
