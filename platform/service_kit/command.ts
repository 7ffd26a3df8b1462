import type { ConnectionPool } from "@archway/db/db.ts";
import type { CommandProgram } from "./command_program.ts";
import type { PersonalDataCipher } from "./personal_data.ts";
import type { ServiceDescription } from "./service_description.ts";
import type { SettingsReader } from "./setting.ts";

/** A command of the program that a service adds, such as `seed`. */
export interface ServiceCommand {
  readonly name: string;
  /**
   * Option, such as "--payments", that selects it among the commands of several services with its name.
   *
   * @default none, no other command has its name
   */
  readonly option?: string;
  /** One line of the program's usage, imperative. */
  readonly summary: string;
  /** Arguments, such as "--profiles <n> [--until <date>]"; a line of the usage for each form. */
  readonly usage: string | readonly string[];
  /** Subcommands and options with their meaning and default, for the help. @default none */
  readonly arguments?: readonly (readonly [argument: string, meaning: string])[];
  /**
   * Runs the command.
   *
   * @returns the exit code.
   * @throws {UsageError} for arguments that cannot be used.
   * @throws {CommandError} for other errors that the user can correct.
   */
  run(args: readonly string[], context: CommandContext): Promise<number>;
}

/** Services of the program that a command can use. */
export interface CommandContext {
  /**
   * Opens the configured database with all migrations applied.
   *
   * @throws {CommandError} when migrations are pending and MIGRATE_ON_START does not apply them.
   */
  openDatabase(options?: CommandDatabaseOptions): Promise<CommandDatabase>;
  /** Services of the program. */
  readonly services: readonly ServiceDescription[];
  /**
   * Opens the program, which serves requests without a port, and logs to the standard error.
   *
   * @param settings Settings that replace those of the environment.
   */
  openProgram(settings?: Readonly<Record<string, string>>): Promise<CommandProgram>;
  /**
   * Reads settings that the command needs.
   *
   * @throws {Error} for invalid ones, with a message for the user.
   */
  readSettings<T>(read: (reader: SettingsReader) => T): T;
  /** Returns the cipher for personal data, undefined if no service offers it; call it after `openDatabase`. */
  cipher(): Promise<PersonalDataCipher | undefined>;
  /** Writes to the standard output. */
  print(text: string): Promise<void>;
  /**
   * Runs a function, such as a transaction, and writes its text to the standard output after it has completed: it does not
   * wait for the reader of the output, and nothing is written if it fails.
   *
   * @throws {Error} if a text of megabytes needs a file, and that cannot be written, with a message for the user.
   */
  printAfter<T>(fill: (write: (text: string) => Promise<void>) => Promise<T>): Promise<T>;
  /** Writes a line to the standard error. */
  note(text: string): void;
  /** Shows progress on the standard error: a bar on a terminal, lines elsewhere. */
  progress(options: ProgressOptions): Progress;
  /** Aborts on SIGINT or SIGTERM. Signals are handled from the first access on. */
  readonly signal: AbortSignal;
  /** Exit code for the signal that stopped the command, if one did. */
  readonly stoppedWith: number | undefined;
}

/** Options for opening the database of a command. */
export interface CommandDatabaseOptions {
  /**
   * Whether statements and transactions have no timeout, for commands that process whole tables.
   *
   * @default {false}
   */
  readonly unlimited?: boolean;
  /** Maximum time of a statement, in milliseconds. @default POSTGRES_STATEMENT_TIMEOUT */
  readonly statementTimeoutMs?: number;
  /** Maximum number of connections to each server. @default that of the server's settings */
  readonly maxConnections?: number;
  /** Maximum wait of a read for a replica that is to show a position, in milliseconds. @default CONSISTENCY_MAX_WAIT */
  readonly replicaWaitMs?: number;
  /**
   * Option of the command that allows a server on another machine, such as "--remote": without it, such a server is
   * refused, for commands that a database of real data should not meet by mistake.
   *
   * @default none, any server is used
   */
  readonly localUnless?: string;
  /** Word behind POSTGRES_APPLICATION_NAME, by which the server distinguishes its sessions. @default none */
  readonly purpose?: string;
}

/** The database of a command. */
export interface CommandDatabase extends AsyncDisposable {
  readonly pool: ConnectionPool;
}

/** Counter that grows towards a total. */
export interface ProgressOptions {
  readonly total: number;
  /** Initial value. */
  readonly value: number;
  /** Plural noun for the label, such as "profiles". */
  readonly things: string;
}

/** Progress display. Disposing leaves the last state on the screen. */
export interface Progress extends Disposable {
  update(value: number): void;
}

/** Error that the user of a command can correct; the message is one line. */
export class CommandError extends Error {
  override readonly name: string = "CommandError";
}

/** Invalid command-line arguments. */
export class UsageError extends CommandError {
  override readonly name = "UsageError";
}
