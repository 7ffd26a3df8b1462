import type { ConnectionPool, MigrationStatus } from "@archway/db/db.ts";
import type { InspectedService } from "./developer_view.ts";

/** Name and version of a program, as it identifies itself to clients. */
export interface ProgramIdentity {
  readonly name: string;
  /** Version such as "1.2.0", if it has one. */
  readonly version?: string | undefined;
}

/** Response of the tool for developers. */
export interface ToolResponse {
  /** URL of the program that recorded; undefined for this process. */
  readonly url: string | undefined;
  readonly response: Response;
}

/** Reported statement of a migration. */
export interface MigrationFinding {
  readonly fileName: string;
  readonly line: number;
  readonly rule: string;
  readonly message: string;
}

/** Effective settings, without secrets, and the errors of the configuration. */
export interface ProgramSettings {
  readonly settings: readonly {
    readonly name: string;
    readonly value: string | null;
    readonly source: string;
  }[];
  readonly errors: readonly { readonly variable: string; readonly reason: string }[];
}

/**
 * The program in a command, which serves requests without a port. If another process has the embedded database, that
 * process serves them.
 */
export interface CommandProgram extends AsyncDisposable {
  readonly identity: ProgramIdentity;
  /** URL of the process that serves instead; undefined if this one does. */
  readonly servedBy: string | undefined;
  readonly services: readonly InspectedService[];
  /** Connections to the database; undefined if another process serves. */
  readonly pool: ConnectionPool | undefined;
  /** Serves a request that comes from this machine; its URL has any host. */
  send(request: Request): Promise<Response>;
  /** Requests a path of the tool for developers: of a running `dev`, else of this process. Undefined if it has none. */
  sendToTool(path: string): Promise<ToolResponse | undefined>;
  /** Creates an access token of a developer; undefined if the program accepts none. */
  developerToken(subject: string): Promise<string | undefined>;
  /** Reads the status of all migrations; undefined if another process has the database. */
  migrationStatus(): Promise<readonly MigrationStatus[] | undefined>;
  /** Reports statements of migrations that block the running version: of some files, or of all. */
  lintMigrations(files?: readonly string[]): Promise<readonly MigrationFinding[]>;
  settings(): ProgramSettings;
}
