import {
  type CommandContext,
  CommandError,
  type Progress,
  type ServiceCommand,
} from "@archway/service_kit/command.ts";
import { parseSeedArguments } from "./seed_arguments.ts";
import { SeedError } from "./seed_error.ts";
import type { SeedPlan } from "./seed_plan.ts";
import { seedProfiles, type SeedProgress } from "./seed_profiles.ts";

/**
 * `seed`: fills the database with made-up profiles. Existing ones of the same plan stay, so that the same command
 * completes a run that was stopped. Its exit code is 0 where all of them exist, 130 or 143 after a signal.
 */
export const seedCommand: ServiceCommand = {
  name: "seed",
  usage: "--profiles <n> [--random-seed <n>] [--until <date>]",
  summary: "write made-up profiles to try it with",
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
  const there = found + added;
  const rate = `${count(added)} in ${seconds.toFixed(1)} s, ${count(Math.round(added / seconds))} a second`;
  if (there < profiles) {
    return `Stopped with ${count(there)} of ${
      count(profiles)
    } profiles there: the same command goes on from here\n`;
  }
  if (added === 0) return `All of the ${count(profiles)} profiles were there already\n`;
  const before = found === 0 ? "" : `; ${count(found)} were there already`;
  return `Added ${rate}${before}\n`;
}

function count(value: number): string {
  return value.toLocaleString("en");
}
