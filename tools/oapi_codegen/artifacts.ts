import { dirname, join } from "node:path";
import type { ServiceModule } from "@archway/service_kit/service_module.ts";

/** A file that follows from all services. */
interface Artifact {
  /** From the root. */
  readonly path: string;
  /** As it is. */
  readonly text: string;
  /** As it should be. */
  readonly wanted: string;
}

const NONE: ReadonlyMap<string, string> = new Map();

/** Writes the files that follow from the services of a tree and differ, and returns their paths. */
export async function writeArtifacts(root: string): Promise<readonly string[]> {
  const stale = (await readArtifacts(root)).filter(({ text, wanted }) => text !== wanted);
  for (const { path, wanted } of stale) {
    await Deno.mkdir(join(root, dirname(path)), { recursive: true });
    await Deno.writeTextFile(join(root, path), wanted);
  }
  return stale.map(({ path }) => path);
}

/**
 * Returns a line for each file that differs. One of services that were removed since is left until `deno task gen` runs, like
 * their settings.
 */
export async function staleArtifacts(root: string): Promise<readonly string[]> {
  const artifacts = await readArtifacts(root);
  return artifacts.filter(({ text, wanted }) => text !== wanted && !isLeftBehind(text, wanted))
    .map(({ path }) => `${path}: differs from what follows from the services; run deno task gen`);
}

async function readArtifacts(root: string): Promise<readonly Artifact[]> {
  // Imports generated code, so only once that is written.
  const { services }: { readonly services: readonly ServiceModule[] } = await import("../../services.ts");
  const made = await Promise.all(services.map(({ artifacts }) => artifacts?.(services) ?? NONE));
  return await Promise.all(
    made.flatMap((texts) => [...texts]).map(async ([path, wanted]): Promise<Artifact> => {
      const text = await Deno.readTextFile(join(root, path)).catch(() => "");
      return { path, text, wanted };
    }),
  );
}

function isLeftBehind(text: string, wanted: string): boolean {
  const listed = servicesOf(wanted);
  return servicesOf(text).some((name) => !listed.includes(name));
}

function servicesOf(text: string): readonly string[] {
  return /^# Services: (.+)$/m.exec(text)?.[1]?.split(", ") ?? [];
}
