import type { StorageConfig } from "@archway/config/storage_config.ts";
import { dumpDatabase, type DumpSummary } from "@archway/db/copy/dump_database.ts";
import { withDirectoryErrors } from "@archway/db/embedded/directory_errors.ts";
import { loadOrCreateSecret } from "@archway/service_kit/signing.ts";
import { embeddedDirectory } from "./embedded_directory.ts";
import { openDatabase } from "./open_database.ts";
import { notify, print } from "./print.ts";

/** Options of `db dump`. */
export interface DumpOptions {
  /** Name of the program, for messages. */
  readonly project: string;
}

/**
 * `db dump`: writes the embedded database to the standard output.
 *
 * @returns the exit code 0.
 * @throws {CopyError | DatabaseError | DumpError | EmbeddedError}
 */
export async function dump(config: StorageConfig, { project }: DumpOptions): Promise<number> {
  const directory = await embeddedDirectory(config, "dumped");
  const pool = { ...config.pool, statementTimeoutMs: 0, transactionTimeoutMs: 0 };
  await using database = await openDatabase({ ...config, pool }, { use: "command" });
  const toOutput: Write = (text) => print(Deno.stdout, text);
  const run = (write: Write): Promise<DumpSummary> =>
    dumpDatabase(database.pool, { write, now: () => new Date() });
  // The transaction blocks the service that has the database open: it must not last as long as the output is read.
  const { tables, rows } = database.isElsewhere
    ? await spool(directory, { fill: run, write: toOutput })
    : await run(toOutput);
  if (config.generatesSecret) await loadOrCreateSecret(directory);
  const secret = config.generatesSecret
    ? `; secrets are not in it, so move ${directory}/hmac_secret too`
    : "";
  notify(`${project} db: ${rows.toLocaleString("en")} rows of ${tables} tables dumped${secret}\n`);
  return 0;
}

type Write = (text: string) => Promise<void>;

/** Runs a function that writes a text, and then writes it. Meanwhile it is in a file that has no name. */
async function spool<T>(
  directory: string,
  { fill, write }: { readonly fill: (write: Write) => Promise<T>; readonly write: Write },
): Promise<T> {
  using file = await withDirectoryErrors(directory, () => openUnnamed(directory));
  const result = await fill((text) => withDirectoryErrors(directory, () => print(file, text)));
  await file.seek(0, Deno.SeekMode.Start);
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(64 * 1024);
  for (let size = await file.read(buffer); size !== null; size = await file.read(buffer)) {
    await write(decoder.decode(buffer.subarray(0, size), { stream: true }));
  }
  return result;
}

/** Opens a file that only this process has, which the system removes in any case. */
async function openUnnamed(directory: string): Promise<Deno.FsFile> {
  const path = await Deno.makeTempFile({ dir: directory, prefix: "dump_" });
  try {
    return await Deno.open(path, { read: true, write: true });
  } finally {
    await Deno.remove(path);
  }
}
