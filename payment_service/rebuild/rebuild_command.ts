import type { ServiceCommand } from "@archway/service_kit/command.ts";

/**
 * `events rebuild`: rebuilds projections from the event store and reports differences. The exit code is 0 if nothing
 * differs (any more), 1 if something differs, 130 or 143 after a signal.
 */
export const rebuildCommand: ServiceCommand = {
  name: "events",
  usage: "rebuild [--swap]",
  summary: "rebuild accounts and payments from the event store, and report differences",
  arguments: [
    ["rebuild", "replay all events into separate tables, and compare these with the live ones"],
    ["--swap", "replace live rows that differ by the rebuilt ones"],
  ],
  async run(args, context): Promise<number> {
    const { runRebuild } = await import("./run_rebuild.ts");
    return await runRebuild(args, context);
  },
};
