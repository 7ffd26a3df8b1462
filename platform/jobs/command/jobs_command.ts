import type { ServiceCommand } from "@archway/service_kit/command.ts";

/** `jobs`: lists, retries and cancels jobs, and lists schedules. */
export const jobsCommand: ServiceCommand = {
  name: "jobs",
  summary: "list, retry or cancel jobs",
  usage: [
    "list [--state <state>] [--kind <kind>] [--limit <n>] [--json]",
    "retry <id>… | --kind <kind> [--json]",
    "cancel <id>… | --kind <kind> [--json]",
  ],
  arguments: [
    ["list", "show jobs, oldest first, and schedules"],
    [
      "retry",
      "run dead letters again, or waiting jobs at once, with all their attempts; --kind: all dead letters",
    ],
    ["cancel", "delete jobs, and abort those that run; --kind: all that wait or run"],
    ["--state <state>", "waiting, running or dead (default: all)"],
    ["--kind <kind>", "kind of the jobs, such as orders.send_receipt"],
    ["--limit <n>", "maximum number of jobs, up to 10000 (default: 100)"],
    ["--json", "print JSON instead of text"],
  ],
  async run(args, context): Promise<number> {
    const { runJobs } = await import("./run_jobs.ts");
    return await runJobs(args, context);
  },
};
