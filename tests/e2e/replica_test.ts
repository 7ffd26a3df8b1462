import { assertEquals, assertMatch } from "@std/assert";
import type { PostgresServer } from "@archway/tools/support/postgres/postgres_server.ts";
import { startPostgres } from "@archway/tools/support/postgres/start_postgres.ts";
import { startStandby } from "@archway/tools/support/postgres/start_standby.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { Program, untilReady } from "@archway/tools/support/program.ts";

interface Readiness {
  readonly status: string;
  readonly checks: readonly { readonly name: string; readonly status: string; readonly reason?: string }[];
}

Deno.test("archway keeps serving while its replicas fail, and /readyz reports the failed one with the reason", async () => {
  await using primary = await startPostgres();
  await using late = await startStandby(primary);
  await using lost = await startStandby(primary);
  await using program = new Program({
    ...postgresEnvironment(primary.instance),
    ...settings("POSTGRES_REPLICA_0_", late),
    ...settings("POSTGRES_REPLICA_1_", lost),
    MIGRATE_ON_START: "true",
    POSTGRES_REPLICA_MAX_LAG: "500ms",
    POSTGRES_REPLICA_PATIENCE: "2s",
    // Disabled, so that a slow machine does not shed load.
    ADMISSION_MAX_DELAY: "0s",
  });
  const url = await program.url;
  await untilReady(url);
  const path = await create(url);
  for (const standby of [late, lost]) await standby.catchUp(primary);
  const names = ["server", "migrations", "primary", "replica_0", "replica_1"];
  const sound = await untilStatus(url, "ok");
  assertEquals(sound.checks.map(({ name }) => name), names);

  await late.pauseReplay();
  await create(url);
  await untilReason(url, "replica_0", /^replication lag too high \(\d+\.\d s, maximum 0\.5 s\)$/);
  await lost.kill();
  await untilReason(url, "replica_1", /^unreachable$/);
  assertEquals((await untilStatus(url, "degraded")).checks.map(({ status }) => status), [
    ...["ok", "ok", "ok"],
    ...["degraded", "degraded"],
  ]);
  assertEquals(await statusOf(url + path), 200);

  await lost.start();
  await late.resumeReplay();
  await untilStatus(url, "ok");
  await lost.pause();
  try {
    const statuses = await Promise.all(Array.from({ length: 100 }, () => statusOf(url + path)));
    assertEquals(new Set(statuses), new Set([200]));
    // A hanging replica does not delay the shutdown either.
    const { code, stderr } = await program.stop();
    assertEquals(code, 0);
    assertMatch(stderr, /^[^\n]*"role":"postgres","privileges":"superuser"[^\n]*\n$/);
  } finally {
    await lost.resume();
  }
});

function settings(prefix: string, { instance }: PostgresServer): Readonly<Record<string, string>> {
  return {
    [`${prefix}HOST`]: instance.host,
    [`${prefix}PORT`]: String(instance.port),
    [`${prefix}USER`]: instance.user,
    [`${prefix}PASSWORD`]: "none",
    [`${prefix}DATABASE`]: instance.database,
  };
}

async function create(url: string): Promise<string> {
  const response = await fetch(`${url}/v1/contacts`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ name: "Ada" }),
  });
  await response.body?.cancel();
  assertEquals(response.status, 201);
  return response.headers.get("Location") ?? "";
}

async function statusOf(url: string): Promise<number> {
  const response = await fetch(url);
  await response.body?.cancel();
  return response.status;
}

async function readiness(url: string): Promise<Readiness> {
  return await (await fetch(`${url}/readyz?verbose`)).json();
}

async function untilStatus(url: string, status: string): Promise<Readiness> {
  while (true) {
    const body = await readiness(url);
    if (body.status === status) return body;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Waits until a check fails for a reason. On a slow machine it may have failed for another one before. */
async function untilReason(url: string, name: string, expected: RegExp): Promise<void> {
  while (true) {
    const { checks } = await readiness(url);
    if (expected.test(checks.find((check) => check.name === name)?.reason ?? "")) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
