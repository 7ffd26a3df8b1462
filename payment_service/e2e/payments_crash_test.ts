import { assertEquals } from "@std/assert";
import type { ConnectionPool } from "@archway/db/db.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { findInconsistencies } from "../testing/find_inconsistencies.ts";
import { startPostgres } from "@archway/tools/support/postgres/start_postgres.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { MainProgram } from "@archway/tools/support/program.ts";
import { seededRandom } from "@archway/conformance/seeded_random.ts";
import { type Intent, isDone } from "./crash/intent.ts";
import { IntentSource } from "./crash/intent_source.ts";
import { RestartableProgram } from "./crash/restartable_program.ts";
import { listTransfers } from "./crash/list_transfers.ts";
import { openCrashTestAccounts } from "./crash/open_crash_test_accounts.ts";
import { LossyClient } from "./crash/lossy_client.ts";
import { FlakyReceiver } from "./crash/flaky_receiver.ts";

const CLIENTS = 64;
const KILLS = 20;
/** Maximum pause of a client between two intents, in milliseconds; bounds the amount of data. */
const MAX_PAUSE_MS = 300;
/** Number of concurrent requests after the last kill. */
const FINAL_CLIENTS = 8;

Deno.test("archway executes transfers exactly once although it is killed repeatedly", async () => {
  const seed = Number(Deno.env.get("STORM_SEED") ?? crypto.getRandomValues(new Uint32Array(1))[0]);
  try {
    await runCrashTest(seed);
  } catch (error) {
    throw new Error(`Crash test failed; repeat it with STORM_SEED=${seed}`, { cause: error });
  }
});

async function runCrashTest(seed: number): Promise<void> {
  const random = seededRandom(seed);
  await using postgres = await startPostgres({ durable: true });
  await using pool = openPool({ primary: postgres.instance, replicas: [], applicationName: "observer" });
  const environment = {
    ...postgresEnvironment(postgres.instance),
    MIGRATE_ON_START: "true",
    WEBHOOK_ALLOW_PRIVATE: "true",
    WEBHOOK_TIMEOUT: "2s",
  };
  await using program = new RestartableProgram(environment);
  const accounts = await openCrashTestAccounts(await program.url);
  await using receiver = await FlakyReceiver.open(pool, { url: await program.url, random });

  const source = new IntentSource(accounts, random);
  const client = new LossyClient({ url: () => program.url, random });
  const stopping = new AbortController();
  const deposits = accounts.map((account) => source.deposit(account, 100_000));
  const clients = Array.from({ length: CLIENTS }, (_, number) => {
    const first = deposits.filter((_, index) => index % CLIENTS === number);
    return runClient(client, source, { random, first, signal: stopping.signal });
  });
  for (let kill = 0; kill < KILLS; kill++) {
    // Some processes are killed during startup, or before their first request.
    if (random() < 0.8) await program.url;
    await pause(random() * 1_500);
    await program.killAndRestart();
  }
  stopping.abort();
  await Promise.all(clients);

  // Repeated requests return the outcome of unacknowledged ones, and a second repetition returns the same response.
  for (let turn = 0; turn < 2; turn++) await resendAll(client, source.intents);
  assertEquals(client.violations, []);
  const done = source.intents.filter((intent) => isDone(client.acknowledged.get(intent) ?? { status: 0 }));
  await assertBooks(pool, { client, done, intents: source.intents });
  await using rebuild = new MainProgram(environment, ["events", "rebuild"]);
  const { code, stdout } = await rebuild.ended();
  assertEquals([code, stdout.includes("The live tables match the events")], [0, true], stdout);
  await receiver.untilDelivered();
  assertEquals(await receiver.violations(), []);
  assertEquals(await program.stop(), 0);
  assertEquals(program.errors, []);
}

interface ClientOptions {
  readonly random: () => number;
  /** Intents that it sends first. */
  readonly first: readonly Intent[];
  readonly signal: AbortSignal;
}

/** Sends intents one by one, retries some lost responses, and sometimes repeats old intents. */
async function runClient(
  client: LossyClient,
  source: IntentSource,
  { random, first, signal }: ClientOptions,
): Promise<void> {
  const own: Intent[] = [];
  const waiting = [...first];
  while (!signal.aborted) {
    const old = random() < 0.15 ? own[Math.floor(random() * own.length)] : undefined;
    const intent = old ?? waiting.shift() ?? source.next();
    own.push(intent);
    for (let tries = 0; tries < 4; tries++) {
      const response = await client.sendLossy(intent);
      if (response !== undefined && isDone(response) && old === undefined) source.settled(intent, response);
      if (response !== undefined || signal.aborted || random() < 0.3) break;
    }
    await pause(random() * MAX_PAUSE_MS);
  }
}

/** Sends every intent until it has a final response. */
async function resendAll(client: LossyClient, intents: readonly Intent[]): Promise<void> {
  const left = [...intents];
  await Promise.all(Array.from({ length: FINAL_CLIENTS }, async () => {
    for (let intent = left.shift(); intent !== undefined; intent = left.shift()) {
      while (await client.send(intent) === undefined) await pause(20);
    }
  }));
}

interface Outcome {
  readonly client: LossyClient;
  readonly intents: readonly Intent[];
  /** Intents whose execution was acknowledged. */
  readonly done: readonly Intent[];
}

async function assertBooks(pool: ConnectionPool, { client, intents, done }: Outcome): Promise<void> {
  const db = pool.writer();
  assertEquals(await findInconsistencies(db), []);
  // Exactly the acknowledged transfers, with the acknowledged ids.
  assertEquals(await listTransfers(db), done.map((intent) => client.transferOf(intent)).toSorted());
  const { rows: [keys] } = await db.query<{ count: bigint }>("select count(*) from idempotency_keys");
  assertEquals(Number(keys?.count), intents.filter(({ key }) => key !== undefined).length);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
