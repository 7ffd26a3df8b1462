import {
  type CommandContext,
  CommandError,
  type Progress,
  type ServiceCommand,
} from "@archway/service_kit/command.ts";
import { parseSeedArguments } from "./seed_arguments.ts";
import { SeedError } from "./seed_error.ts";
import type { SeedPlan } from "./seed_plan.ts";
import type { SeedProgress } from "./seed_profiles.ts";

/**
 * `seed` command, which fills the database with generated profiles. Profiles of the same plan are skipped, so the
 * same command completes an interrupted run. Exit code 0 once all exist, 130 or 143 after a signal.
 */
export const seedCommand: ServiceCommand = {
  name: "seed",
  option: "--profiles",
  usage: "--profiles <n> [--random-seed <n>] [--until <date>]",
  summary: "generate sample profiles",
  arguments: [
    ["--profiles <n>", "profiles; those that an earlier run with these arguments added are skipped"],
    ["--random-seed <n>", "other profiles for another number (default: 1)"],
    ["--until <date>", "end of the two years in which they were created (default: 2026-11-01)"],
  ],
  async run(args, context): Promise<number> {
    const plan = parseSeedArguments(args);
    try {
      return await fill(plan, context);
    } catch (error) {
      throw error instanceof SeedError ? new CommandError(error.message, { cause: error }) : error;
    }
  },
};

async function fill(plan: SeedPlan, context: CommandContext): Promise<number> {
  // The names of fifteen languages, which a server need not keep in memory.
  const { seedProfiles } = await import("./seed_profiles.ts");
  await using database = await context.openDatabase();
  const startedAt = performance.now();
  let shown: Progress | undefined;
  let progress: SeedProgress;
  try {
    progress = await seedProfiles(database.pool, plan, {
      signal: context.signal,
      onProgress: ({ found, added }) => {
        if (found === plan.profiles) return;
        shown ??= context.progress({ total: plan.profiles, value: found, things: "profiles" });
        shown.update(found + added);
      },
    });
  } finally {
    shown?.[Symbol.dispose]();
  }
  const seconds = (performance.now() - startedAt) / 1000;
  await context.print(summary(plan, progress, seconds));
  return progress.found + progress.added === plan.profiles ? 0 : context.stoppedWith ?? 0;
}

function summary({ profiles }: SeedPlan, { found, added }: SeedProgress, seconds: number): string {
  const existing = found + added;
  const rate = `${count(added)} profiles in ${seconds.toFixed(1)} s (${
    count(Math.round(added / seconds))
  }/s)`;
  if (existing < profiles) {
    return `Stopped with ${count(existing)} of ${
      count(profiles)
    } profiles; run the same command to continue\n`;
  }
  if (added === 0) return `All ${count(profiles)} profiles already exist\n`;
  const before = found === 0 ? "" : `; ${count(found)} already existed`;
  return `Added ${rate}${before}\n`;
}

function count(value: number): string {
  return value.toLocaleString("en");
}
