import type { CommandContext, Progress, ServiceCommand } from "@archway/service_kit/command.ts";
import { parseSeedArguments, type SeedArguments } from "./seed_arguments.ts";
import type { SeedProgress } from "./seed_payments.ts";

/**
 * `seed --payments`: fills the database with accounts, payments and refunds of months. The exit code is 0 once all exist,
 * 130 or 143 after a signal.
 */
export const seedCommand: ServiceCommand = {
  name: "seed",
  option: "--payments",
  usage: "--payments <n> [--accounts <n>] [--days <n>] [--until <date>] [--random-seed <n>] [--add]",
  summary: "generate sample payments",
  arguments: [
    ["--payments <n>", "payments; a fifth of them is refunded, in part or in full"],
    ["--accounts <n>", "accounts, which need a profile each (default: a hundredth of the payments)"],
    ["--days <n>", "days over which payments are spread (default: 660)"],
    ["--until <date>", "end of these days (default: today)"],
    ["--random-seed <n>", "other payments for another number (default: 1)"],
    ["--add", "add payments to a database that has some, all of which must be older"],
  ],
  async run(args, context): Promise<number> {
    const today = new Date().toISOString().slice(0, 10);
    return await fill(parseSeedArguments(args, { today }), context);
  },
};

async function fill({ plan, add, line }: SeedArguments, context: CommandContext): Promise<number> {
  const { seedPayments } = await import("./seed_payments.ts");
  // The last statements read whole tables.
  await using database = await context.openDatabase({ unlimited: true, purpose: "seed" });
  const startedAt = performance.now();
  let shown: Progress | undefined;
  let progress: SeedProgress;
  try {
    progress = await seedPayments(database.pool, plan, {
      add,
      signal: context.signal,
      onChecks: () =>
        context.note(
          "The database checks each row, which takes several times as long: its role may not set " +
            "session_replication_role\n",
        ),
      onProgress: ({ found, added }) => {
        if (found === plan.payments) return;
        shown ??= context.progress({ total: plan.payments, value: found, things: "payments" });
        shown.update(found + added);
      },
      onVacuum: () => {
        shown?.[Symbol.dispose]();
        shown = undefined;
        context.note("Vacuuming the tables\n");
      },
    });
  } finally {
    shown?.[Symbol.dispose]();
  }
  const { found, added } = progress;
  const seconds = (performance.now() - startedAt) / 1000;
  await context.print(summary({ payments: plan.payments, found, added, seconds, line }));
  return found + added === plan.payments ? 0 : context.stoppedWith ?? 0;
}

interface Summary extends SeedProgress {
  readonly payments: number;
  readonly seconds: number;
  readonly line: string;
}

function summary({ payments, found, added, seconds, line }: Summary): string {
  if (found + added < payments) {
    return `Stopped with ${count(found + added)} of ${count(payments)} payments; to continue: seed ${line}\n`;
  }
  if (added === 0) return `All ${count(payments)} payments already exist\n`;
  const before = found === 0 ? "" : `; ${count(found)} already existed`;
  const rate = count(Math.round(added / seconds));
  return `Added ${count(added)} payments in ${seconds.toFixed(1)} s (${rate}/s)${before}\n`;
}

function count(value: number): string {
  return value.toLocaleString("en");
}
