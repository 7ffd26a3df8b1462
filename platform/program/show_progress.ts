import process from "node:process";
// @ts-types="./cli_progress.d.ts"
import progress from "cli-progress";
import type { Progress, ProgressOptions } from "@archway/service_kit/command.ts";

/** How often a line is written where there is no terminal, in milliseconds. */
const LINE_EVERY_MS = 3000;

/** Shows progress on the standard error: a bar on a terminal, a line every few seconds elsewhere. */
export function showProgress({ total, value: first, things }: ProgressOptions): Progress {
  const figures = `{percentage}%, {value} of {total} ${things}{pace}`;
  const bar = new progress.SingleBar({
    format: Deno.stderr.isTerminal() ? `{bar} ${figures}` : figures,
    stream: process.stderr,
    barsize: 24,
    formatValue: grouped,
    hideCursor: true,
    noTTYOutput: true,
    notTTYSchedule: LINE_EVERY_MS,
  });
  const startedAt = performance.now();
  bar.start(total, first, { pace: "" });
  return {
    update(value: number): void {
      const rate = (value - first) * 1000 / (performance.now() - startedAt);
      // Nothing is known of it before the first step.
      const pace = rate > 0
        ? `, ${grouped(Math.round(rate))}/s, ${timeLeft((total - value) / rate)} left`
        : "";
      bar.update(value, { pace });
    },
    [Symbol.dispose]: () => bar.stop(),
  };
}

/** The percentage comes as a text. */
function grouped(value: number | string): string {
  return Number(value).toLocaleString("en");
}

function timeLeft(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
