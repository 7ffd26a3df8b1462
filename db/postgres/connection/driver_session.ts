import type { Duplex } from "node:stream";
import type { Socket } from "node:net";
import type { QueryResult } from "../../db.ts";
import type { InstanceConfig, PoolConfig } from "../pool_config.ts";

/** Options of opening a {@link DriverSession}. */
export interface DriverSessionOptions {
  /** Connected socket, which the session owns. */
  readonly socket: Socket;
  readonly instance: InstanceConfig;
  readonly password: string;
  readonly config: Omit<PoolConfig, "primary" | "replicas">;
  /** Whether the session rejects writes, even on a primary. */
  readonly readOnly: boolean;
  readonly events: DriverEvents;
  /** Aborts when the time for connecting is over. */
  readonly signal: AbortSignal;
}

/** Events of a {@link DriverSession}. They must not throw. */
export interface DriverEvents {
  /** Called when the session has ended, with what the driver says about it. */
  onClosed: (reason?: Error) => void;
  /** Called with notices of the server. */
  onNotice: (notice: Notice) => void;
}

/** Message of the server that is not an error. */
export interface Notice {
  /** "NOTICE", "WARNING" or "INFO". */
  readonly severity?: string;
  readonly message?: string;
  /** Function of the server's source. */
  readonly routine?: string;
}

/** Statement without a result, with parameters as texts. */
export interface LeadingStatement {
  readonly text: string;
  readonly parameters: readonly string[];
}

/** Receives the outcome of a statement: one of the calls, once. They must not throw. */
export interface StatementOutcome<R extends object = object> {
  /** Statements to be run in front of it; only if {@link DriverSession.canLead}. If one fails, the others are skipped. */
  readonly leading?: readonly LeadingStatement[] | undefined;
  onResult(result: QueryResult<R>): void;
  /**
   * @param isStale Whether it had no effect because its tables have changed since it was prepared.
   * @param failed Text of the leading statement that failed, if it was one of them.
   */
  onError(error: unknown, isStale: boolean, failed?: string): void;
}

/** Rows in PostgreSQL's text format of COPY, in parts that may end anywhere in a row. */
export type CopyParts = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** COPY between the server and the program. `onSent` is called with what identifies the statement. */
export interface DriverCopy {
  /** Runs a COPY … FROM STDIN, and returns the number of rows. Rethrows an error of the parts, without any row. */
  write(text: string, options: { readonly parts: CopyParts; readonly onSent: OnSent }): Promise<number>;
  /** Runs a COPY … TO STDOUT, and returns the number of rows. Leaving it early ends the session. */
  read(text: string, options: { readonly onSent: OnSent }): AsyncGenerator<Uint8Array, number>;
}

type OnSent = (sent: object) => void;

/** Session of a server that a driver has opened. Statements are sent behind each other without waiting. */
export interface DriverSession {
  /** Process of the session as of the handshake, which a pooler makes up; undefined before the first result. */
  readonly pid: number | undefined;
  /** Whether the server can be made to skip a statement if one that is sent in front of it fails. */
  readonly canLead: boolean;
  /** Stream that ends when the server closes the session. Destroying it ends the session without notice. */
  readonly stream: Duplex;
  /** Sends a statement with parameters as texts, and returns what identifies it. */
  query<R extends object>(
    text: string,
    parameters: readonly (string | null)[],
    outcome: StatementOutcome<R>,
  ): object;
  /** Sends statements without parameters in one message, and returns what identifies them. */
  script(text: string, outcome: StatementOutcome): object;
  /** COPY, if the driver has it. */
  readonly copy?: DriverCopy;
  /**
   * Sends a cancel request if the server may run this statement now, on a connection of its own. Resolves when the request
   * has been sent; never rejects.
   */
  cancel(sent: object): Promise<void>;
  /** Ends the session after the statements in flight, or after the timeout in seconds. Never rejects. */
  end(timeout: number): Promise<void>;
}
