import { join } from "node:path";

/** ClickHouse, by its HTTP interface. */
export interface ClickhouseTarget {
  /** Address, such as "http://127.0.0.1:8123". */
  readonly url: string;
  readonly user?: string;
  readonly password?: string;
}

/** Table of the data set `payments`. Rows of one position are one row, so a file can be loaded again. */
const CREATE_ROWS = `create table if not exists payments (
    position Int64, type LowCardinality(String), recorded_at DateTime64(6, 'UTC'), transfer_id UUID,
    payment_id Nullable(UUID), refund_id Nullable(UUID), debtor_account_id UUID, creditor_account_id UUID,
    payer_profile_id Nullable(UUID), payee_profile_id Nullable(UUID), currency LowCardinality(String),
    amount Decimal(38, 4), amount_minor Int64
  ) engine = ReplacingMergeTree order by (currency, position)`;

const CREATE_FILES =
  "create table if not exists loaded_files (path String) engine = ReplacingMergeTree order by path";

/**
 * Loads the files of the data set `payments` that were not loaded before, and returns their number. A file is recorded
 * after its rows, so one whose load was interrupted is loaded again: read the table with `final`.
 *
 * @throws {Error} if ClickHouse refuses something.
 */
export async function loadClickhouse(folder: string, target: ClickhouseTarget): Promise<number> {
  for (const statement of [CREATE_ROWS, CREATE_FILES]) await send(target, statement);
  const text = await send(target, "select path from loaded_files format TabSeparated");
  const loaded = new Set(text.split("\n"));
  const manifest = await Deno.readTextFile(join(folder, "manifest.json"));
  const { files }: { readonly files: readonly { readonly path: string }[] } = JSON.parse(manifest);
  const missing = files.filter(({ path }) => !loaded.has(path));
  for (const { path } of missing) {
    const file = await Deno.readFile(join(folder, path));
    await send(target, "insert into payments format Parquet", file);
    await send(target, "insert into loaded_files format TabSeparated", new TextEncoder().encode(`${path}\n`));
  }
  return missing.length;
}

/**
 * Sends a statement, with the data of an insert, and returns the response.
 *
 * @throws {Error} with the first line of a refusal.
 */
export async function send(
  { url, user = "default", password = "" }: ClickhouseTarget,
  statement: string,
  data?: Uint8Array<ArrayBuffer>,
): Promise<string> {
  const address = new URL(url);
  address.searchParams.set("query", statement);
  const response = await fetch(address, {
    method: "POST",
    headers: { "X-ClickHouse-User": user, "X-ClickHouse-Key": password },
    body: data ?? "",
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`ClickHouse: ${text.split("\n")[0]}`);
  return text;
}
