import type { Config } from "@archway/config/config.ts";
import type { Share } from "@archway/config/divide_limits.ts";
import { print } from "./print.ts";
import type { Project } from "./project.ts";
import type { ServeOptions } from "./serve.ts";

/** Serves by this process alone, or by several that it supervises. */
export async function serveAll(project: Project, configure: () => Config): Promise<number> {
  const config = configure();
  const { configured, count, reason } = config.workers;
  if (reason !== undefined) {
    await print(Deno.stderr, `WORKERS is ${configured}, but one process serves: ${reason}\n`);
  }
  if (count === 1) {
    forgoProcesses();
    return await serve(config, { ...project, greet: false });
  }
  const { withoutTool } = await import("./open_tool.ts");
  withoutTool(config);
  const { supervise } = await import("./workers/supervise.ts");
  // At once: while the runtime ends, SIGHUP would no longer be handled, and change the exit code.
  Deno.exit(await supervise(config, { configure: () => withoutTool(configure()) }));
}

/** Serves by this process. */
export async function serve(config: Config, options: ServeOptions): Promise<number> {
  const { serve } = await import("./serve.ts");
  return await serve(config, options);
}

/** Gives up the permission to start processes, which only the supervisor of several processes needs. */
export function forgoProcesses(): void {
  Deno.permissions.revokeSync({ name: "run" });
}

/** Parses the arguments with which the supervisor starts one of its processes; undefined for others. */
export function parseShare([option, value = "", ...more]: readonly string[]): Share | undefined {
  const [, index, count] = /^(\d{1,3})\/(\d{1,3})$/.exec(value) ?? [];
  if (option !== "--worker" || index === undefined || more.length > 0) return undefined;
  const share = { index: Number(index), count: Number(count) };
  return share.index < share.count ? share : undefined;
}
