/**
 * Prints the flags of `deno compile` for this project: the files that the services read at run time, and, where this
 * version of Deno knows it, the removal of packages that only tools and tests use (2.9).
 */
import { snapshotFile } from "@archway/db/embedded/unpack_snapshot.ts";
import { fromRoot, migrationSources } from "@archway/program/project.ts";
import { services } from "../services.ts";

const [major = 0, minor = 0] = Deno.version.deno.split(".").map(Number);
const folders = migrationSources(services).map(({ directory }) => fromRoot(directory));
const included = [...folders, fromRoot(snapshotFile), "db/embedded/embedded_worker.ts"];
const flags = [
  ...included.map((path) => `--include ${path}`),
  ...(major > 2 || minor >= 9 ? ["--exclude-unused-npm"] : []),
];
await Deno.stdout.write(new TextEncoder().encode(flags.join(" ")));
