import { Redis } from "ioredis";

/** TLS to a store. */
export interface StoreTls {
  /** Certificates in PEM to trust; those of the system if absent. */
  readonly ca?: string;
  /** Client certificate and its private key in PEM. */
  readonly client?: { readonly cert: string; readonly key: string };
}

/** Options of {@link StoreClient}. */
export interface StoreClientOptions {
  readonly tls?: StoreTls | undefined;
  /** Maximum time for a response, in milliseconds. */
  readonly timeoutMs: number;
  /** Interval between attempts to connect, in milliseconds. */
  readonly retryMs: number;
}

/** Timeout for connecting, and for a silent connection with pending commands, in milliseconds. */
const CONNECTION_TIMEOUT_MS = 5000;

/** Errors of the client that say only that there is no connection, and not why. */
const NOT_CONNECTED = /Connection is closed|connection is not ready|isn't writeable|connection close/i;

/** Maximum length of a reason, in characters. */
const MAX_CHARACTERS = 200;

/** Connection to Valkey or Redis that remembers why it failed. */
export class StoreClient implements Disposable {
  readonly redis: Redis;
  #failure: Error | undefined;
  #refusal: Error | undefined;

  /** @param url `redis://user:password@host:port/database`, or `rediss://` with TLS. */
  constructor(url: string, { tls, timeoutMs, retryMs }: StoreClientOptions) {
    this.redis = new Redis(url, {
      lazyConnect: true,
      commandTimeout: timeoutMs,
      connectTimeout: CONNECTION_TIMEOUT_MS,
      socketTimeout: CONNECTION_TIMEOUT_MS,
      // Commands that cannot be sent now must not be sent later: their requests have been served.
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      retryStrategy: () => retryMs,
      // After a failover the old primary rejects writes; reconnecting by name reaches the new one.
      reconnectOnError: ({ message }) => message.startsWith("READONLY"),
      ...(tls && { tls: { ...(tls.ca !== undefined && { ca: tls.ca }), ...tls.client } }),
    });
    this.redis.on("connect", () => {
      this.#refusal = undefined;
      // The client listens for one error; a server that refuses a client's certificate causes several.
      this.redis.stream.on("error", () => {});
    });
    this.redis.on("ready", () => this.#failure = undefined);
    // Without a listener the client prints errors.
    this.redis.on("error", (error: Error) => {
      this.#failure = error;
      if (isOfSelect(error)) this.#refusal = error;
    });
  }

  /**
   * Refusal to select the database of the URL. The client would use database 0 instead, so no command may be sent
   * before {@link reconnect}.
   */
  get refusal(): Error | undefined {
    return this.#refusal;
  }

  /** Reconnects, for the server to check the database again. */
  reconnect(): void {
    this.redis.disconnect(true);
  }

  /** Returns why a command failed, without secrets: the cause of a lost connection if it is known. */
  reasonOf(error: unknown): string {
    const { message } = error instanceof Error ? error : { message: "" };
    const cause = NOT_CONNECTED.test(message) ? this.#refusal ?? this.#failure : undefined;
    return storeReason(cause ?? error);
  }

  [Symbol.dispose](): void {
    this.redis.disconnect();
  }
}

/** Whether a command failed because of the value of its key, and not because of the store. */
export function isOfKey(error: unknown): boolean {
  return error instanceof Error && /WRONGTYPE|not an integer or out of range/.test(error.message);
}

/** Returns the reason of an error in one line, without the place in a script. */
export function storeReason(error: unknown): string {
  if (!(error instanceof Error)) return "unknown error";
  const code = "code" in error && typeof error.code === "string" ? error.code : "unknown error";
  const message = error.message.replace(/ script: .*/s, "").replaceAll(/\p{Cc}+/gu, " ").trim();
  return (message === "" ? code : message).slice(0, MAX_CHARACTERS);
}

function isOfSelect(error: Error): boolean {
  const command: unknown = Reflect.get(error, "command");
  return typeof command === "object" && command !== null && Reflect.get(command, "name") === "select";
}
