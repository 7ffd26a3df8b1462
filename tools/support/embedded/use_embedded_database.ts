import { join } from "node:path";
import type { MigrationSource } from "@archway/db/db.ts";
import { startEmbedded } from "@archway/db/embedded/start_embedded.ts";
import type { TestDatabase, TestDatabaseOptions } from "../postgres/use_test_database.ts";
import { testDriver } from "../postgres/test_driver.ts";
import { preparedCluster } from "./prepared_cluster.ts";

/** Starts an embedded database. Disposing stops it and removes its files. */
export async function useEmbeddedDatabase(
  { migrations = [] }: TestDatabaseOptions = {},
): Promise<TestDatabase> {
  await using stack = new AsyncDisposableStack();
  const directory = await Deno.makeTempDir({ prefix: "archway_test_" });
  stack.defer(() => Deno.remove(directory, { recursive: true }));
  await fillDataDirectory(directory, migrations);
  const { instance } = stack.use(await startEmbedded({ dataDirectory: directory }));
  const opened = stack.move();
  return { instance: { ...instance, ...testDriver() }, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/** Turns an empty directory into the data directory of a migrated embedded database. */
async function fillDataDirectory(
  directory: string,
  migrations: readonly MigrationSource[],
): Promise<void> {
  copyFolder(await preparedCluster(migrations), join(directory, "cluster"));
}

function copyFolder(from: string, to: string): void {
  Deno.mkdirSync(to, { mode: 0o700 });
  for (const { name, isDirectory } of Deno.readDirSync(from)) {
    if (isDirectory) copyFolder(join(from, name), join(to, name));
    else Deno.copyFileSync(join(from, name), join(to, name));
  }
}
