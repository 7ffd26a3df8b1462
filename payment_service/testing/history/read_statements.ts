import { isArray, isObject, type JsonObject, member, textMember } from "@archway/service_kit/json_value.ts";
import type { Completion } from "@archway/conformance/history/history.ts";
import { type HistorySession, tokenHeader, tokenInput } from "@archway/conformance/history/workload.ts";

const MAX_ATTEMPTS = 60;
const PAUSE_MS = 500;

/** Reads the statement and the payments of an account completely, with the last token of all clients. */
export async function readStatements(session: HistorySession, account: string): Promise<void> {
  await untilRead(session, "statement", { account, path: `/v1/accounts/${account}/entries?limit=200` });
  await untilRead(session, "payments", { account, path: `/v1/payments?accountId=${account}&limit=200` });
}

interface ListToRead {
  readonly account: string;
  readonly path: string;
}

/** Reads a list until that succeeds, as the program may still recover. */
async function untilRead(
  session: HistorySession,
  action: "statement" | "payments",
  { account, path }: ListToRead,
): Promise<void> {
  const token = session.lastToken;
  for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts++) {
    const { outcome } = await session.record(
      { action, key: account, input: { ...tokenInput(token) } },
      () => readAll(session, path, tokenHeader(token)),
    );
    if (outcome === "ok") return;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/** Reads all pages of a list, and returns what checks need of its items. */
export async function readAll(
  session: HistorySession,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<Completion> {
  const items: JsonObject[] = [];
  for (let after: string | undefined = ""; after !== undefined;) {
    const { status, body } = await session.send({
      path: after === "" ? path : `${path}&after=${after}`,
      headers,
    });
    if (status !== 200) return { outcome: "fail", output: { status } };
    const data = member(body, "data");
    const next = textMember(member(body, "meta"), "nextCursor");
    if (!isArray(data) || next === after) return { outcome: "fail", output: { status } };
    items.push(...data.filter(isObject).map(shortened));
    after = next;
  }
  return { outcome: "ok", output: { items } };
}

/** Returns what checks need of an entry or a payment. */
function shortened(item: JsonObject): JsonObject {
  const { id = "", amount = {}, balance, paymentId, refundId, description } = item;
  return {
    ...{ id, amount: member(amount, "amount") ?? "" },
    ...(balance !== undefined && { balance: member(balance, "amount") ?? "" }),
    ...(paymentId !== undefined && { payment: paymentId }),
    ...(refundId !== undefined && { refund: refundId }),
    ...(description !== undefined && { key: description }),
  };
}
