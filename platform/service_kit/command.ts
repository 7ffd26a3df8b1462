import type { ConnectionPool } from "@archway/db/db.ts";

/** A command of the program that a service adds, such as `seed`. */
export interface ServiceCommand {
  readonly name: string;
  /** One line of the program's usage, imperative. */
  readonly summary: string;
  /** Arguments, such as "--profiles <n> [--until <date>]". */
  readonly usage: string;
  /**
   * Runs the command.
   *
   * @returns the exit code.
   * @throws {UsageError} for arguments that cannot be used.
   * @throws {CommandError} for other errors that its user can mend.
   */
  run(args: readonly string[], context: CommandContext): Promise<number>;
}

/** What a command may use of the program. */
export interface CommandContext {
  /**
   * Opens the configured database, its migrations applied.
   *
   * @throws {CommandError} when migrations are pending and MIGRATE_ON_START does not apply them.
   */
  openDatabase(options?: CommandDatabaseOptions): Promise<CommandDatabase>;
  /** Writes to the standard output. */
  print(text: string): Promise<void>;
  /** Writes a remark to the standard error. */
  note(text: string): void;
  /** Shows progress on the standard error: a bar on a terminal, lines elsewhere. */
  progress(options: ProgressOptions): Progress;
  /** Aborts at SIGINT or SIGTERM; listened to from the first access on. */
  readonly signal: AbortSignal;
  /** Exit code for the signal that stopped the command; undefined: none did. */
  readonly stoppedWith: number | undefined;
}

/** How a command opens the database. */
export interface CommandDatabaseOptions {
  /**
   * Whether statements and transactions run without a time limit, for commands that process everything there is.
   *
   * @default {false}
   */
  readonly unlimited?: boolean;
}

/** The database of a command. */
export interface CommandDatabase extends AsyncDisposable {
  readonly pool: ConnectionPool;
}

/** Quantity that grows towards a total. */
export interface ProgressOptions {
  readonly total: number;
  /** Initial value. */
  readonly value: number;
  /** Plural noun, such as "profiles". */
  readonly things: string;
}

/** Progress on display. Disposing leaves the last state on the screen. */
export interface Progress extends Disposable {
  update(value: number): void;
}

/** An error that the user of a command can mend; the message is one line. */
export class CommandError extends Error {
  override readonly name: string = "CommandError";
}

/** Arguments that cannot be used. */
export class UsageError extends CommandError {
  override readonly name = "UsageError";
}
