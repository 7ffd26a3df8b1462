import { assertEquals } from "@std/assert";
import type { ConnectionPool } from "@archway/db/db.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { findInconsistencies } from "../testing/find_inconsistencies.ts";
import { startPostgres } from "@archway/tools/support/postgres/start_postgres.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { MainProgram } from "@archway/tools/support/program.ts";
import { seededRandom } from "@archway/tools/support/seeded_random.ts";
import { type Intent, isDone } from "./crash/intent.ts";
import { IntentSource } from "./crash/intent_source.ts";
import { RestartableProgram } from "./crash/restartable_program.ts";
import { listTransfers } from "./crash/list_transfers.ts";
import { openCrashTestAccounts } from "./crash/open_crash_test_accounts.ts";
import { LossyClient } from "./crash/lossy_client.ts";
import { FlakyReceiver } from "./crash/flaky_receiver.ts";

const CLIENTS = 64;
const KILLS = 20;
/** How long a client thinks before it wants the next thing, in milliseconds, at the most: bounds how much there is. */
const THINKING_MS = 300;
/** How many requests are under way at the same time after the storm. */
const CALM_CLIENTS = 8;

Deno.test("archway moves money exactly once, however often it is killed", async () => {
  const seed = Number(Deno.env.get("STORM_SEED") ?? crypto.getRandomValues(new Uint32Array(1))[0]);
  try {
    await storm(seed);
  } catch (error) {
    throw new Error(`The storm with STORM_SEED=${seed} did damage`, { cause: error });
  }
});

async function storm(seed: number): Promise<void> {
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
  const endowments = accounts.map((account) => source.deposit(account, 100_000));
  const clients = Array.from({ length: CLIENTS }, (_, number) => {
    const first = endowments.filter((_, index) => index % CLIENTS === number);
    return live(client, source, { random, first, signal: stopping.signal });
  });
  for (let kill = 0; kill < KILLS; kill++) {
    // Some die while they start, or before their first request.
    if (random() < 0.8) await program.url;
    await pause(random() * 1_500);
    await program.killAndRestart();
  }
  stopping.abort();
  await Promise.all(clients);

  // Who does not know what has become of something asks again, and is told; and whoever asks once more is told the same.
  for (let turn = 0; turn < 2; turn++) await resendAll(client, source.intents);
  assertEquals(client.faults, []);
  const done = source.intents.filter((intent) => isDone(client.acknowledged.get(intent) ?? { status: 0 }));
  await assertBooks(pool, { client, done, intents: source.intents });
  await using rebuild = new MainProgram(environment, ["events", "rebuild"]);
  const { code, stdout } = await rebuild.ended();
  assertEquals([code, stdout.includes("The live tables match the events")], [0, true], stdout);
  await receiver.untilDelivered();
  assertEquals(await receiver.faults(), []);
  assertEquals(await program.stop(), 0);
  assertEquals(program.complaints, []);
}

interface Life {
  readonly random: () => number;
  /** What it wants first. */
  readonly first: readonly Intent[];
  readonly signal: AbortSignal;
}

/** Wants one thing after the other, and asks again for what was not answered, mostly; now and then for old things, too. */
async function live(
  client: LossyClient,
  source: IntentSource,
  { random, first, signal }: Life,
): Promise<void> {
  const own: Intent[] = [];
  const waiting = [...first];
  while (!signal.aborted) {
    const old = random() < 0.15 ? own[Math.floor(random() * own.length)] : undefined;
    const intent = old ?? waiting.shift() ?? source.next();
    own.push(intent);
    for (let tries = 0; tries < 4; tries++) {
      const response = await client.sendLossy(intent);
      if (response !== undefined && isDone(response) && old === undefined) source.made(intent, response);
      if (response !== undefined || signal.aborted || random() < 0.3) break;
    }
    await pause(random() * THINKING_MS);
  }
}

/** Asks for everything that anybody ever wanted until it is answered. */
async function resendAll(client: LossyClient, intents: readonly Intent[]): Promise<void> {
  const left = [...intents];
  await Promise.all(Array.from({ length: CALM_CLIENTS }, async () => {
    for (let intent = left.shift(); intent !== undefined; intent = left.shift()) {
      while (await client.send(intent) === undefined) await pause(20);
    }
  }));
}

interface Outcome {
  readonly client: LossyClient;
  readonly intents: readonly Intent[];
  /** What was acknowledged to have been done. */
  readonly done: readonly Intent[];
}

async function assertBooks(pool: ConnectionPool, { client, intents, done }: Outcome): Promise<void> {
  const db = pool.writer();
  assertEquals(await findInconsistencies(db), []);
  // Exactly what was acknowledged, under the very ids.
  assertEquals(await listTransfers(db), done.map((intent) => client.told(intent)).toSorted());
  const { rows: [keys] } = await db.query<{ count: bigint }>("select count(*) from idempotency_keys");
  assertEquals(Number(keys?.count), intents.filter(({ key }) => key !== undefined).length);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
