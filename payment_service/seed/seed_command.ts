import type { ServiceCommand } from "@archway/service_kit/command.ts";

/**
 * `seed --payments`: fills the database with accounts, payments and refunds of months. The exit code is 0 once all exist,
 * 130 or 143 after a signal.
 */
export const seedCommand: ServiceCommand = {
  name: "seed",
  option: "--payments",
  usage:
    "--payments <n> [--accounts <n>] [--days <n>] [--until <date>] [--random-seed <n>] [--add] [--remote]",
  summary: "generate sample payments",
  arguments: [
    ["--payments <n>", "payments; a fifth of them is refunded, in part or in full"],
    ["--accounts <n>", "accounts, which need a profile each (default: a hundredth of the payments)"],
    ["--days <n>", "days over which payments are spread (default: 660)"],
    ["--until <date>", "end of these days (default: today)"],
    ["--random-seed <n>", "other payments for another number (default: 1)"],
    ["--add", "add payments to a database that has some, all of which must be older"],
    ["--remote", "write to a database on another machine"],
  ],
  async run(args, context): Promise<number> {
    const { runSeed } = await import("./run_seed.ts");
    return await runSeed(args, context);
  },
};
