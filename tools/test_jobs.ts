/** Number of test files to run at a time, two for each processor: tests wait for databases and timers for long. */
const jobs = 2 * navigator.hardwareConcurrency;

await Deno.stdout.write(new TextEncoder().encode(String(jobs)));
