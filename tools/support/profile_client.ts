import { v7 as newId } from "uuid";
import { ConsistencyTokens } from "@archway/service_kit/consistency_tokens.ts";
import type { ConnectionPool } from "@archway/db/db.ts";
import { microsecondClock } from "@archway/db/timestamp.ts";
import { Settings } from "@archway/config/settings.ts";
import { profileModule } from "@archway/profile_service/module.ts";
import { SILENT_LOGGER } from "@archway/server/logger.ts";
import { UNTRACED } from "@archway/service_kit/observed_work.ts";
import { createServer, type Server } from "@archway/server/server.ts";
import { type ServerOption, withApi, withResponseValidation } from "@archway/server/server_options.ts";
import { KeyRing } from "@archway/service_kit/signing.ts";

const SECRET = "a secret of more than 32 bytes for a test";

/** The Profile API over a database, in process, with every answer checked against the document. */
export function profileServer(pool: ConnectionPool, ...options: ServerOption[]): Server {
  const keys = new KeyRing([SECRET], "test");
  const tokens = new ConsistencyTokens({ keys, position: (options) => pool.position(options) });
  const { api } = profileModule.configure(new Settings(() => undefined)).mount({
    ...{ pool, tokens, newId, now: microsecondClock(), secrets: [SECRET], logger: SILENT_LOGGER },
    ...{ cursorTtlSeconds: 60, catalogs: [], metrics: undefined, tracer: UNTRACED, drainTimeoutMs: 0 },
  });
  if (api === undefined) throw new Error("The profile service has no API");
  return createServer("127.0.0.1", 0, withResponseValidation(true), withApi(api), ...options);
}

/** An answer whose body was read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed body; undefined when there is none. */
  readonly body: Body | undefined;
}

/** The members of all the bodies there are, as far as tests look at them. */
export interface Body {
  readonly data?: WireProfile & readonly WireProfile[];
  readonly meta?: Readonly<Record<string, unknown>>;
  readonly type?: string;
  readonly invalidParams?: readonly {
    readonly name: string;
    readonly in: string;
    readonly pointer?: string;
  }[];
}

interface WireProfile {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly age?: number;
}

/** What a request is made of. */
export interface Ask {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Sends a request such as "PATCH /v1/profiles/1" to a server in process. A body is sent as JSON. */
export async function ask(server: Server, line: string, { headers = {}, body }: Ask = {}): Promise<Answer> {
  const [method = "", target = ""] = line.split(" ");
  const request = new Request(`http://localhost${target}`, {
    method,
    headers: { ...(body !== undefined && { "Content-Type": "application/json" }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const response = await server.fetch(request);
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === "" ? undefined : JSON.parse(text),
  };
}
