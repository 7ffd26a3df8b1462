import { assertEquals, assertThrows } from "@std/assert";
import { type CronDefinition, CronPlan } from "./cron_plan.ts";

/** Returns the first times after another, without seconds. */
function times(
  definition: CronDefinition,
  { after, count = 3 }: { after: string; count?: number },
): string[] {
  const plan = new CronPlan(definition);
  const found: number[] = [];
  while (found.length < count) found.push(plan.next(found.at(-1) ?? Date.parse(after)));
  return found.map((time) => new Date(time).toISOString().replace(":00.000Z", "Z"));
}

const BERLIN = "Europe/Berlin";

Deno.test("CronPlan has the times of an expression in a time zone", () => {
  const after = "2027-01-01T12:00:00Z";
  assertEquals(times({ cron: "0 3 * * *" }, { after, count: 2 }), ["2027-01-02T03:00Z", "2027-01-03T03:00Z"]);
  assertEquals(times({ cron: "0 3 * * *", timeZone: BERLIN }, { after, count: 1 }), ["2027-01-02T02:00Z"]);
  assertEquals(times({ cron: "@monthly" }, { after, count: 1 }), ["2027-02-01T00:00Z"]);
  assertEquals(times({ cron: "0 0 L * *" }, { after, count: 2 }), ["2027-01-31T00:00Z", "2027-02-28T00:00Z"]);
  // As in every cron: both days, if both are restricted.
  assertEquals(times({ cron: "0 0 13 * FRI" }, { after, count: 3 }), [
    "2027-01-08T00:00Z",
    "2027-01-13T00:00Z",
    "2027-01-15T00:00Z",
  ]);
});

Deno.test("CronPlan runs a fixed time in the hour that is lost in spring at the end of that hour", () => {
  const after = "2027-03-27T12:00:00Z";
  assertEquals(times({ cron: "30 2 * * *", timeZone: BERLIN }, { after, count: 2 }), [
    "2027-03-28T01:00Z",
    "2027-03-29T00:30Z",
  ]);
  assertEquals(
    times({ cron: "30 2 * * *", timeZone: "America/New_York" }, { after: "2027-03-13T12:00:00Z" }),
    [
      "2027-03-14T07:00Z",
      "2027-03-15T06:30Z",
      "2027-03-16T06:30Z",
    ],
  );
  // The day there begins at 01:00.
  const saoPaulo = { cron: "0 0 * * *", timeZone: "America/Sao_Paulo" };
  assertEquals(times(saoPaulo, { after: "2018-11-03T12:00:00Z", count: 2 }), [
    "2018-11-04T03:00Z",
    "2018-11-05T02:00Z",
  ]);
});

Deno.test("CronPlan runs a fixed time in the hour that is repeated in autumn once", () => {
  const after = "2027-10-30T12:00:00Z";
  const definition = { cron: "30 2 * * *", timeZone: BERLIN };
  assertEquals(times(definition, { after, count: 2 }), ["2027-10-31T00:30Z", "2027-11-01T01:30Z"]);
  // Also for a program that starts between the two occurrences.
  assertEquals(times(definition, { after: "2027-10-31T00:45:00Z", count: 1 }), ["2027-11-01T01:30Z"]);
});

Deno.test("CronPlan keeps the distance of intervals through both changes", () => {
  const hourly = { cron: "0 * * * *", timeZone: BERLIN };
  for (const after of ["2027-03-27T22:30:00Z", "2027-10-30T21:30:00Z"]) {
    const found = times(hourly, { after, count: 6 }).map((time) => Date.parse(time.replace("Z", ":00Z")));
    assertEquals(found.slice(1).map((time, index) => time - (found[index] ?? 0)), Array(5).fill(3_600_000));
  }
  assertEquals(
    times({ cron: "*/30 2 * * *", timeZone: BERLIN }, { after: "2027-10-30T12:00:00Z", count: 5 }),
    ["2027-10-31T00:00Z", "2027-10-31T00:30Z", "2027-10-31T01:00Z", "2027-10-31T01:30Z", "2027-11-01T01:00Z"],
  );
  assertEquals(
    times({ cron: "*/30 2 * * *", timeZone: BERLIN }, { after: "2027-03-27T12:00:00Z", count: 1 }),
    [
      "2027-03-29T00:00Z",
    ],
  );
});

Deno.test("CronPlan always moves forward, to the next time, in zones with unusual changes", () => {
  for (const timeZone of [BERLIN, "Australia/Lord_Howe", "Africa/Casablanca", "America/Sao_Paulo"]) {
    for (const cron of ["30 2 * * *", "*/20 1-3 * * *", "0 0,3 * * *"]) {
      const plan = new CronPlan({ cron, timeZone });
      let time = Date.parse("2017-12-31T00:00:00Z");
      while (time < Date.parse("2019-01-01T00:00:00Z")) {
        const next = plan.next(time);
        assertEquals([next > time, plan.next((time + next) / 2)], [true, next]);
        time = next;
      }
    }
  }
});

Deno.test("CronPlan rejects invalid expressions and time zones with the reason", () => {
  const rejected: readonly [CronDefinition, string][] = [
    [{ cron: "* * * *" }, '"* * * *" is no cron expression: expected five fields, or a name such as @daily'],
    [{ cron: "0 0 0 * * *" }, '"0 0 0 * * *" is no cron expression: expected five fields'],
    [{ cron: "61 * * * *" }, '"61 * * * *" is no cron expression: Invalid value for minute: 61'],
    [{ cron: "@reboot" }, '"@reboot" is no cron expression: expected five fields'],
    [{ cron: "0 0 30 2 *" }, '"0 0 30 2 *" matches no time'],
    [{ cron: "@daily", timeZone: "Mars/Olympus" }, '"Mars/Olympus" is no time zone: expected a name'],
  ];
  for (const [definition, message] of rejected) {
    assertThrows(() => new CronPlan(definition), RangeError, message);
  }
});
