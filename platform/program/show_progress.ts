import process from "node:process";
// @ts-types="./cli_progress.d.ts"
import progress from "cli-progress";
import type { Progress, ProgressOptions } from "@archway/service_kit/command.ts";

/** Interval between lines without a terminal, in milliseconds. */
const LINE_EVERY_MS = 3000;

/** Shows progress on the standard error: a bar on a terminal, otherwise a line every few seconds. */
export function showProgress({ total, value: first, things }: ProgressOptions): Progress {
  const figures = `{percentage}%, {value} of {total} ${things}{rate}`;
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
  bar.start(total, first, { rate: "" });
  return {
    update(value: number): void {
      const perSecond = (value - first) * 1000 / (performance.now() - startedAt);
      // The rate is unknown before the first step.
      const rate = perSecond > 0
        ? `, ${grouped(Math.round(perSecond))}/s, ${timeLeft((total - value) / perSecond)} left`
        : "";
      bar.update(value, { rate });
    },
    [Symbol.dispose]: () => bar.stop(),
  };
}

/** Formats a number with thousands separators; cli-progress passes the percentage as text. */
function grouped(value: number | string): string {
  return Number(value).toLocaleString("en");
}

function timeLeft(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
