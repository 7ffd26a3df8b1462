import { postgresEnvironment } from "./postgres_environment.ts";
import { useTestDatabase } from "./postgres/use_test_database.ts";

/** Whether the tested program contains the embedded database: not the executable of `compile:server`. */
const HAS_EMBEDDED = Deno.env.get("TEST_FLAVOUR") !== "server";

/** Place for the data of a program, for tests that need no particular database. Disposing removes it. */
export interface ProgramStorage extends AsyncDisposable {
  /** Empty directory, for other files too. */
  readonly folder: string;
  /** Variables that configure the program to use the place. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Returns a place for data: the embedded database, or a real server for a program that does not contain it. */
export async function useProgramStorage(): Promise<ProgramStorage> {
  await using stack = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: "archway_e2e_" });
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  const variables = HAS_EMBEDDED
    ? { EMBEDDED_DATA_DIR: `${folder}/data` }
    : serverVariables(stack.use(await useTestDatabase()).instance);
  const opened = stack.move();
  return { folder, variables, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/** Returns the variables of a server that differ as little as possible from those of the embedded database. */
function serverVariables(
  instance: Parameters<typeof postgresEnvironment>[0],
): Readonly<Record<string, string>> {
  const { AUTH_MODE: _mode, RATE_LIMIT: _limit, ...variables } = postgresEnvironment(instance);
  return { ...variables, MIGRATE_ON_START: "true" };
}

/** Defines a test of the embedded database, which is skipped for a program that does not contain it. */
export function testWithEmbedded(name: string, run: () => Promise<void>): void {
  const reason = " (skipped: this executable has no embedded database)";
  Deno.test({ name: HAS_EMBEDDED ? name : `${name}${reason}`, ignore: !HAS_EMBEDDED, fn: run });
}
