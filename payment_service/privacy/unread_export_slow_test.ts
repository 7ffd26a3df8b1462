import { assert, assertEquals } from "@std/assert";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { commandOf, inheritedVariables, MainProgram, untilReady } from "@archway/tools/support/program.ts";
import { testWithEmbedded } from "@archway/tools/support/program_storage.ts";
import { PRIVACY, PRIVACY_SECRETS } from "../testing/privacy_calls.ts";

/** Number of payments, whose export is far larger than the buffer of a pipe, which has 64 KiB in Linux. */
const PAYMENTS = 200;

type Variables = Readonly<Record<string, string>>;

interface Person {
  readonly profile: string;
  readonly account: string;
}

async function request(url: string, line: string, body?: unknown): Promise<Response> {
  const [method = "", path = ""] = line.split(" ");
  const headers = { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() };
  return await fetch(`${url}${path}`, {
    method,
    ...(body !== undefined && { headers, body: JSON.stringify(body) }),
  });
}

async function created(url: string, line: string, body: unknown): Promise<string> {
  const response = await request(url, line, body);
  const text = await response.text();
  assertEquals(response.status, 201, text);
  return JSON.parse(text).data.id;
}

async function person(url: string, name: string): Promise<Person> {
  const profile = await created(url, "POST /v1/profiles", { name });
  const account = await created(url, "POST /v1/accounts", { profileId: profile, currency: "BRL" });
  const amount = { amount: "5000.00", currency: "BRL" };
  await created(url, `POST /v1/accounts/${account}/deposits`, { amount });
  return { profile, account };
}

/** Exports a person whose export no one reads, until a function has run after its first bytes. */
async function exportUnread(
  environment: Variables,
  subject: string,
  meanwhile: () => Promise<void>,
): Promise<{ readonly code: number; readonly text: string }> {
  const { file, args, cwd } = commandOf(["privacy", "export", "--subject", subject], { main: "main.ts" });
  await using process = new Deno.Command(file, {
    ...{ args, cwd, clearEnv: true, env: { ...inheritedVariables(), ...environment } },
    ...{ stdin: "null", stdout: "piped", stderr: "inherit" },
  }).spawn();
  const reader = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = (await reader.read()).value ?? "";
  await meanwhile();
  for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value;
  return { code: (await process.status).code, text };
}

async function checkUnreadExport(
  environment: Variables,
  checkDatabase: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  await using program = new MainProgram(environment);
  const url = await program.url;
  await untilReady(url);
  const [payer, payee] = [await person(url, "Ada"), await person(url, "Grace")];
  const body = {
    payerAccountId: payer.account,
    payeeAccountId: payee.account,
    amount: { amount: "1.00", currency: "BRL" },
    description: "x".repeat(140),
  };
  for (let number = 0; number < PAYMENTS; number++) await created(url, "POST /v1/payments", body);
  const { code, text } = await exportUnread(environment, payer.profile, async () => {
    const response = await request(url, `GET /v1/profiles/${payer.profile}`);
    assertEquals([response.status, (await response.json()).data.name], [200, "Ada"]);
    await checkDatabase();
  });
  assertEquals(code, 0);
  const { records }: { records: readonly { readonly table: string }[] } = JSON.parse(text);
  const count = (name: string): number => records.filter(({ table }) => table === name).length;
  // Stored responses of the payments, and of the deposit.
  assertEquals([count("payments"), count("idempotency_keys")], [PAYMENTS, PAYMENTS + 1]);
  assert(text.length > 4 * 65_536, `${text.length} characters`);
}

const SETTINGS = { HMAC_SECRET: PRIVACY_SECRETS[0], RATE_LIMIT: "off", AUTH_MODE: "none" };

if (PRIVACY.length > 0) {
  testWithEmbedded(
    "privacy export leaves the embedded database to its service while no one reads",
    async () => {
      const folder = await Deno.makeTempDir({ prefix: "archway_e2e_" });
      try {
        await checkUnreadExport({ ...SETTINGS, EMBEDDED_DATA_DIR: folder });
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  );
}

Deno.test({
  name: "privacy export has no transaction of PostgreSQL open while no one reads",
  ignore: PRIVACY.length === 0,
  async fn(): Promise<void> {
    await using database = await useTestDatabase();
    await using pool = openPool({ primary: database.instance, replicas: [] });
    const environment = { ...postgresEnvironment(database.instance), ...SETTINGS, MIGRATE_ON_START: "true" };
    await checkUnreadExport(environment, async () => {
      const open = `select query from pg_stat_activity
        where datname = current_database() and state like 'idle in transaction%'`;
      assertEquals((await pool.writer().query(open)).rows, []);
    });
  },
});
