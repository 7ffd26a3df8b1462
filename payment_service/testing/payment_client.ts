import type { ConnectionPool } from "@archway/db/db.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import type { Principal } from "@archway/server/request_context.ts";
import type { Server } from "@archway/server/server.ts";
import { type ServerOption, withAuthenticator } from "@archway/server/server_options.ts";
import { serviceServer } from "@archway/tools/support/service_server.ts";
import { PAYMENT_SERVICES } from "./payment_program.ts";

/** How a server is set up besides. */
export interface PaymentServerOptions {
  readonly now?: () => Timestamp;
  readonly options?: readonly ServerOption[];
}

/** The APIs over a database, in process, with every response checked against its document. */
export function paymentServer(
  pool: ConnectionPool,
  { now, options }: PaymentServerOptions = {},
): Server {
  return serviceServer(pool, { services: PAYMENT_SERVICES, now, ...(options !== undefined && { options }) });
}

/** A token is its subject's name; "admin" looks after everything, "…-reader" may only read, "…-payer" not deposit. */
export const byName: ServerOption = withAuthenticator({
  authenticate(token): Principal {
    const [subject = "", role] = token.split("-");
    const scopes = ["profiles:read", "payments:read", "webhooks:read"];
    if (role !== "reader") scopes.push("profiles:write", "payments:write", "webhooks:write");
    if (role === undefined) scopes.push("payments:deposit");
    if (subject === "admin") scopes.push("profiles:admin", "payments:admin", "webhooks:admin");
    return { subject, scopes: new Set(scopes) };
  },
});

/** The members of all the bodies there are, as far as tests look at them. */
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

/** An response whose body was read. */
export interface PaymentResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body; empty when there is none. */
  readonly body: PaymentBody;
}

/** What a request is made of. */
export interface PaymentRequest {
  readonly body?: unknown;
  readonly key?: string;
  /** Whose token is sent. */
  readonly as?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a request such as "POST /v1/payments" to a server in process. A body is sent as JSON. */
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

/** The status and the problem's slug, e.g. "422 insufficient-funds"; of a success its status. */
export function outcome({ status, body }: PaymentResponse): string {
  return body.type === undefined ? `${status}` : `${status} ${body.type.split("/").at(-1)}`;
}

/** Where faults are, e.g. "body /amount/amount". */
export function invalidParams({ body }: PaymentResponse): readonly string[] {
  return body.invalidParams?.map((fault) => `${fault.in} ${fault.pointer ?? fault.name}`) ?? [];
}

/** What is sent for an amount. */
export function money(
  amount: string,
  currency = "BRL",
): { readonly amount: string; readonly currency: string } {
  return { amount, currency };
}

/** What an response is about. */
export function dataOf({ body }: PaymentResponse): Readonly<Record<string, unknown>> {
  return { ...body.data };
}

/** The id in an response. */
export function idOf({ body }: PaymentResponse): string {
  return String(body.data?.["id"]);
}

/** Makes a profile with an account that has so much, and gives the account's id. */
export async function openAccount(
  server: Server,
  balance: string,
  { as, currency = "BRL" }: { readonly as?: string; readonly currency?: string } = {},
): Promise<string> {
  const who = as === undefined ? {} : { as };
  const profile = await send(server, "POST /v1/profiles", { ...who, body: { name: "Somebody" } });
  const account = await send(server, "POST /v1/accounts", {
    ...who,
    body: { profileId: idOf(profile), currency },
  });
  const id = idOf(account);
  if (Number(balance) === 0) return id;
  const deposit = await send(server, `POST /v1/accounts/${id}/deposits`, {
    ...who,
    body: { amount: money(balance, currency) },
    key: crypto.randomUUID(),
  });
  if (deposit.status !== 201) throw new Error(`The deposit failed: ${deposit.text}`);
  return id;
}

/** What an account has. */
export async function balanceOf(server: Server, id: string, as?: string): Promise<string> {
  const { body } = await send(server, `GET /v1/accounts/${id}`, as === undefined ? {} : { as });
  const balance = body.data?.["balance"];
  return typeof balance === "object" && balance !== null && "amount" in balance ? String(balance.amount) : "";
}
