import type { CorpusError, OperationProbe } from "./document_report.ts";
import { ContradictionError } from "../support/samples/sample_scalar.ts";
import { type RequestParts, type SampledOperation, sampleRequest } from "./sample_request.ts";
import { NOT_WRITTEN } from "./serve_generated.ts";
import { withCredentials, withoutCredentials } from "./with_credentials.ts";
import { wrongRequests } from "./wrong_requests.ts";

/** Sends a valid request, which has to reach the handler, and wrong ones, which have to be refused. */
export async function probeOperation(sampled: SampledOperation, url: string): Promise<OperationProbe> {
  const { operation } = sampled;
  const { operationId, method } = operation;
  const failures: CorpusError[] = [];
  let parts: RequestParts;
  try {
    parts = sampleRequest(sampled);
  } catch (error) {
    if (!(error instanceof ContradictionError)) throw error;
    return { operationId, refused: [], failures, contradiction: error.message };
  }
  const fail = (kind: string, detail: string): void =>
    void failures.push({ kind, detail: `${operationId} ${method} ${parts.path}: ${detail}` });
  const valid = await send(withCredentials(parts, operation), { method, url });
  if (valid.status !== 501 || !valid.type.endsWith(NOT_WRITTEN)) {
    fail(`valid request refused with ${valid.status}`, valid.text);
  }
  const refused: string[] = [];
  for (const { fault, parts: wrong, anonymous = false, statuses } of wrongRequests(sampled, parts)) {
    const credited = anonymous ? withoutCredentials(wrong, operation) : withCredentials(wrong, operation);
    const response = await send(credited, { method, url });
    const isProblem = response.contentType.startsWith("application/problem+json");
    if (statuses.includes(response.status) && isProblem) refused.push(fault);
    else fail(`${fault}: ${response.status} instead of ${statuses.join(" or ")}`, response.text);
  }
  return { operationId, refused, failures };
}

interface Sent {
  readonly status: number;
  readonly contentType: string;
  /** Problem type; "" if the body is no problem. */
  readonly type: string;
  readonly text: string;
}

async function send(
  { path, query, headers, cookies, contentType, body }: RequestParts,
  { method, url }: { method: string; url: string },
): Promise<Sent> {
  const pairs = [...query.values()].flat();
  const sent = new Headers([...headers]);
  if (cookies.size > 0) sent.set("Cookie", [...cookies.values()].flat().join("; "));
  // A form has its own type, with the boundary.
  if (contentType !== undefined && !(body instanceof FormData)) sent.set("Content-Type", contentType);
  const target = `${url}${path}${pairs.length === 0 ? "" : `?${pairs.join("&")}`}`;
  const response = await fetch(target, {
    method,
    headers: sent,
    redirect: "manual",
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  const type = /"type":\s*"([^"]*)"/.exec(text)?.[1] ?? "";
  return {
    status: response.status,
    contentType: response.headers.get("Content-Type") ?? "",
    type,
    text: text.slice(0, 600),
  };
}
