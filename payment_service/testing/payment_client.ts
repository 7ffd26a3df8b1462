import type { ConnectionPool } from "@archway/db/db.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import type { Principal } from "@archway/server/request_context.ts";
import type { Server } from "@archway/server/server.ts";
import { type ServerOption, withAuthenticator } from "@archway/server/server_options.ts";
import { serviceServer } from "@archway/tools/support/service_server.ts";
import { PAYMENT_SERVICES } from "./payment_program.ts";

/** Options for {@link paymentServer}. */
export interface PaymentServerOptions {
  readonly now?: () => Timestamp;
  readonly options?: readonly ServerOption[];
}

/** Creates a server in this process that validates every response against its OpenAPI document. */
export function paymentServer(
  pool: ConnectionPool,
  { now, options }: PaymentServerOptions = {},
): Server {
  return serviceServer(pool, { services: PAYMENT_SERVICES, now, ...(options !== undefined && { options }) });
}

/**
 * Authenticator whose tokens are subject names. "admin" has all scopes, "…-reader" only reads, "…-payer" cannot deposit,
 * "…-profiles" only reads profiles.
 */
export const byName: ServerOption = withAuthenticator({
  authenticate(token): Principal {
    const [subject = "", role] = token.split("-");
    if (role === "profiles") return { subject, scopes: new Set(["profiles:read"]) };
    const scopes = ["profiles:read", "payments:read", "webhooks:read"];
    if (role !== "reader") scopes.push("profiles:write", "payments:write", "webhooks:write");
    if (role === undefined) scopes.push("payments:deposit");
    if (subject === "admin") scopes.push("profiles:admin", "payments:admin", "webhooks:admin");
    return { subject, scopes: new Set(scopes) };
  },
});

/** Members of response bodies that tests use. */
export interface PaymentBody {
  readonly data?: Readonly<Record<string, unknown>> & readonly Readonly<Record<string, unknown>>[];
  readonly meta?: Readonly<Record<string, unknown>>;
  readonly type?: string;
  readonly invalidParams?: readonly {
    readonly name: string;
    readonly in: string;
    readonly pointer?: string;
  }[];
}

/** A response with its parsed body. */
export interface PaymentResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Parsed body; empty if there is none. */
  readonly body: PaymentBody;
}

/** Options for {@link send}. */
export interface PaymentRequest {
  readonly body?: unknown;
  readonly key?: string;
  /** Token, i.e. a subject's name. */
  readonly as?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a request such as "POST /v1/payments" to a server in this process. A body is sent as JSON. */
export async function send(
  server: Server,
  line: string,
  request: PaymentRequest = {},
): Promise<PaymentResponse> {
  const { body, key, as, headers = {} } = request;
  const [method = "", target = ""] = line.split(" ");
  const response = await server.fetch(
    new Request(`http://localhost${target}`, {
      method,
      headers: {
        ...(body !== undefined && { "Content-Type": "application/json" }),
        ...(key !== undefined && { "Idempotency-Key": key }),
        ...(as !== undefined && { Authorization: `Bearer ${as}` }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }),
  );
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: text === "" ? {} : JSON.parse(text),
  };
}

/** Returns status and problem slug, e.g. "422 insufficient-funds"; for a success only the status. */
export function outcome({ status, body }: PaymentResponse): string {
  return body.type === undefined ? `${status}` : `${status} ${body.type.split("/").at(-1)}`;
}

/** Returns the number of responses by {@link outcome}. */
export function outcomes(responses: readonly PaymentResponse[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const response of responses) counts[outcome(response)] = (counts[outcome(response)] ?? 0) + 1;
  return counts;
}

/** Returns the locations of validation errors, e.g. "body /amount/amount". */
export function invalidParams({ body }: PaymentResponse): readonly string[] {
  return body.invalidParams?.map((param) => `${param.in} ${param.pointer ?? param.name}`) ?? [];
}

/** Returns the JSON form of an amount. */
export function money(
  amount: string,
  currency = "BRL",
): { readonly amount: string; readonly currency: string } {
  return { amount, currency };
}

/** Returns the data of a response. */
export function dataOf({ body }: PaymentResponse): Readonly<Record<string, unknown>> {
  return { ...body.data };
}

/** Returns the id of the resource in a response. */
export function idOf({ body }: PaymentResponse): string {
  return String(body.data?.["id"]);
}

/** Creates a profile with an account, deposits a balance, and returns the account's id. */
export async function openAccount(
  server: Server,
  balance: string,
  { as, currency = "BRL" }: { readonly as?: string; readonly currency?: string } = {},
): Promise<string> {
  const caller = as === undefined ? {} : { as };
  const profile = await send(server, "POST /v1/profiles", { ...caller, body: { name: "Ada" } });
  const account = await send(server, "POST /v1/accounts", {
    ...caller,
    body: { profileId: idOf(profile), currency },
  });
  const id = idOf(account);
  if (Number(balance) === 0) return id;
  const deposit = await send(server, `POST /v1/accounts/${id}/deposits`, {
    ...caller,
    body: { amount: money(balance, currency) },
    key: crypto.randomUUID(),
  });
  if (deposit.status !== 201) throw new Error(`The deposit failed: ${deposit.text}`);
  return id;
}

/** Returns the balance of an account. */
export async function balanceOf(server: Server, id: string, as?: string): Promise<string> {
  const { body } = await send(server, `GET /v1/accounts/${id}`, as === undefined ? {} : { as });
  const balance = body.data?.["balance"];
  return typeof balance === "object" && balance !== null && "amount" in balance ? String(balance.amount) : "";
}
