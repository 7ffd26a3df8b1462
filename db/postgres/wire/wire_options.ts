import type { TlsConfig } from "../pool_config.ts";
import type { SentExchangesOptions } from "./sent_exchanges.ts";
import type { WireError } from "./wire_error.ts";

/** Options of opening a session. */
export interface WireOptions extends SentExchangesOptions {
  /** Host that a certificate must name. */
  readonly host: string;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly tls?: TlsConfig | undefined;
  /** Aborts the start of the session. */
  readonly signal?: AbortSignal | undefined;
  /** Settings that the session starts with. */
  readonly settings?: Readonly<Record<string, string>>;
  /**
   * Maximum number of prepared statements; 0 prepares each statement whenever it is sent, as poolers need it.
   *
   * @default 256
   */
  readonly maxStatements?: number;
  /**
   * Whether a pooler in transaction mode prepares the statements.
   *
   * @default false
   */
  readonly isShared?: boolean;
  /** Called once, when the session has ended. */
  readonly onClosed?: ((error: WireError) => void) | undefined;
}
