import type { MigrationObserver } from "@archway/db/db.ts";
import { notify } from "./print.ts";

/** Prints notices of the server, and what migrations wait for, to the standard error of a command. */
export const migrationReporter: MigrationObserver = {
  onNotice: ({ fileName, severity, text }) => notify(`${fileName}: ${severity}: ${text}\n`),
  onWait: (reason) => notify(`Waiting for ${reason}\n`),
};
