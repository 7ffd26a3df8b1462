import type { CommandContext, Progress } from "@archway/service_kit/command.ts";
import { parseSeedArguments } from "./seed_arguments.ts";
import { seedPayments, type SeedProgress } from "./seed_payments.ts";

/** Runs the command `seed --payments`, and returns its exit code. */
export async function runSeed(args: readonly string[], context: CommandContext): Promise<number> {
  const today = new Date().toISOString().slice(0, 10);
  const { plan, add, remote, line } = parseSeedArguments(args, { today });
  // The last statements read whole tables.
  await using database = await context.openDatabase({
    ...{ unlimited: true, purpose: "seed" },
    // Free profiles get accounts with money.
    ...(!remote && { localUnless: "--remote" }),
  });
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
