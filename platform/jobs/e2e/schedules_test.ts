import { assertEquals, assertMatch } from "@std/assert";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { Program } from "@archway/tools/support/program.ts";
import { RECEIPT_PROGRAM } from "../testing/receipt_program.ts";
import { nightlyReceipt } from "../testing/shop/send_receipt.ts";

Deno.test("archway worker runs a schedule once for the nights that no process ran, over all processes", async () => {
  await using database = await useTestDatabase();
  await using pool = openPool({ primary: database.instance, replicas: [] });
  const environment = { ...postgresEnvironment(database.instance), MIGRATE_ON_START: "true" };
  const rows = async <Row extends object>(text: string): Promise<readonly Row[]> =>
    (await pool.writer().query<Row>(text)).rows;
  const until = async (text: string): Promise<void> => {
    // Until the migrations are applied, the table does not exist.
    while ((await rows(text).catch(() => [])).length === 0) await new Promise((done) => setTimeout(done, 50));
  };
  {
    await using program = new Program(environment, ["worker"], { main: RECEIPT_PROGRAM });
    await until("select from schedules");
    await program.stop();
  }
  assertEquals(await rows("select from jobs"), []);
  // A time that comes meanwhile would be enqueued as well.
  const isSoon = "select from schedules where next_at between now() and now() + interval '3 minutes'";
  while ((await rows(isSoon)).length > 0) await new Promise((done) => setTimeout(done, 1_000));
  await rows("update schedules set next_at = next_at - interval '3 days'");
  const programs = [1, 2].map(() => new Program(environment, ["worker"], { main: RECEIPT_PROGRAM }));
  await until("select from schedules where last_at is not null");
  for (const program of programs) await program.untilWritten("Running background work");
  // Both compare their schedules, and poll each second.
  await new Promise((done) => setTimeout(done, 2_000));
  const results = await Promise.all(programs.map((program) => program.stop()));
  const jobs = await rows<{ kind: string; unique_key: string }>("select kind, unique_key from jobs");
  assertEquals(jobs.map(({ kind }) => kind), [nightlyReceipt.job.kind]);
  assertMatch(
    jobs[0]?.unique_key ?? "",
    /^schedule shop\.nightly_receipt \d{4}-\d\d-\d\dT0[01]:[03]0:00\.000Z$/,
  );
  const logs = results.map(({ stdout, stderr }) => stdout + stderr).join("");
  assertEquals(logs.match(/"Schedule shop\.nightly_receipt missed \d runs since/g)?.length, 1, logs);
  for (const program of programs) await program[Symbol.asyncDispose]();
});
