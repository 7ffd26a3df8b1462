import { parseArgs } from "node:util";
import { DEFAULT_DRIVER, type DriverName, DRIVERS } from "@archway/db/postgres/pool_config.ts";
import { numberOption } from "@archway/tools/bench/number_option.ts";

/** Options of the soak test. */
export interface SoakOptions {
  readonly minutes: number;
  /** Requests per second; half of the measured capacity if undefined. */
  readonly rate: number | undefined;
  /** Client of PostgreSQL's protocol in the service. */
  readonly driver: DriverName;
  /** File for the results as JSON. */
  readonly json: string | undefined;
}

export const SOAK_USAGE = `Usage: deno task soak [options]

  --minutes <n>   duration of the load (default 10)
  --rate <n>      requests per second (default: half of the measured capacity)
  --driver <name> ${DRIVERS.join(" or ")} (default ${DEFAULT_DRIVER})
  --json <file>   write the results there too (in dist/ or the temporary directory)
  --help          show this
`;

/**
 * Parses the command line; undefined if help is requested.
 *
 * @throws {TypeError} when it is invalid.
 */
export function parseSoakOptions(args: string[]): SoakOptions | undefined {
  const { values: { minutes, rate, driver: name, json, help } } = parseArgs({
    args,
    options: {
      minutes: { type: "string", default: "10" },
      rate: { type: "string" },
      driver: { type: "string", default: DEFAULT_DRIVER },
      json: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (help) return undefined;
  const driver = DRIVERS.find((known) => known === name);
  if (driver === undefined) throw new TypeError(`--driver must be one of: ${DRIVERS.join(", ")}`);
  return {
    // In less than half a minute, nothing would be restarted twice.
    minutes: numberOption(minutes, { name: "--minutes", min: 0.5, max: 10_000, whole: false }),
    rate: rate === undefined
      ? undefined
      : numberOption(rate, { name: "--rate", min: 1, max: 100_000, whole: false }),
    driver,
    json,
  };
}
