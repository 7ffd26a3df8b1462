import { join } from "node:path";
import { snapshotFile } from "@archway/db/embedded/unpack_snapshot.ts";
import { fromRoot, migrationSources, PROJECT_ROOT } from "@archway/program/project.ts";
import type { ServiceModule } from "@archway/service_kit/service_module.ts";

/**
 * Prints the flags of `deno compile` for a program. They include the files that its services read at run time and, from
 * Deno 2.9, exclude packages that only tools and tests use.
 *
 * @param file List of services, relative to the root of the project.
 */
async function printFlags(file = "services.ts"): Promise<void> {
  const { services }: { readonly services: readonly ServiceModule[] } = await import(
    join(PROJECT_ROOT, file)
  );
  const [major = 0, minor = 0] = Deno.version.deno.split(".").map(Number);
  const folders = migrationSources(services).map(({ directory }) => fromRoot(directory));
  const included = [...folders, fromRoot(snapshotFile), "db/embedded/embedded_worker.ts"];
  const flags = [
    ...included.map((path) => `--include ${path}`),
    ...(major > 2 || minor >= 9 ? ["--exclude-unused-npm"] : []),
  ];
  await Deno.stdout.write(new TextEncoder().encode(flags.join(" ")));
}

if (import.meta.main) await printFlags(Deno.args[0]);
