/**
 * Program with transactions and outgoing requests, run as a process because Deno enables tracing at startup only. Takes a
 * database and a URL to fetch as argument, prints its own URL, and ends with its standard input.
 */
import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import type { StrictResponse } from "@archway/server/operation.ts";
import { createServer } from "@archway/server/server.ts";
import { withApi, withObserver } from "@archway/server/server_options.ts";
import { noteApi } from "@archway/server/testing/note_api.ts";
import { fetchWithXRay } from "../fetch_with_xray.ts";
import { traceDatabase } from "../trace_database.ts";
import { traceRequests } from "../trace_requests.ts";

const { instance, target }: { instance: InstanceConfig; target: string } = JSON.parse(Deno.args[0] ?? "");
await using pool = openPool({ primary: instance, replicas: [], observer: traceDatabase() });

/** Actions of the notes, by id. */
const NOTES: Readonly<Record<string, () => Promise<unknown>>> = {
  1: () =>
    pool.withTx(async (tx) => {
      await tx.query("SELECT * FROM generate_series(1, $1::int)", [100]);
      await tx.savepoint((inner) => inner.query("SELECT $1::text AS secret", ["planted"]));
    }),
  2: () => pool.withTx((tx) => tx.query("SELECT 1 / $1::int", [0])),
  3: () => Promise.all([1, 2, 3].map((number) => pool.writer().query("SELECT $1::int", [number]))),
  4: async () => await (await fetchWithXRay(target)).body?.cancel(),
};

async function read({ path }: { readonly path: Readonly<Record<string, unknown>> }): Promise<StrictResponse> {
  await NOTES[String(path["id"])]?.();
  return { status: 200, body: { id: 1, text: "done" } };
}

await using server = createServer("127.0.0.1", 0, withObserver(traceRequests()), withApi(noteApi(read)));
const { url } = await server.listen();
await Deno.stdout.write(new TextEncoder().encode(`${url}\n`));
for await (const _ of Deno.stdin.readable);
