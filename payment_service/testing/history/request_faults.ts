import type { Workload } from "@archway/conformance/history/workload.ts";
import { requestWorkload } from "./request_workload.ts";
import { transferWorkload } from "./transfer_workload.ts";

/** Handles a request. */
export type Handle = (request: Request) => Promise<Response>;

/** Defect of the handling of requests, the workload that meets it, and the check that finds it. */
interface RequestFault {
  readonly workload: Workload;
  readonly wrap: (fetch: Handle) => Handle;
  readonly foundBy: string;
}

/** Defects of the handling of requests, by name. */
export const REQUEST_FAULTS: Readonly<Record<string, RequestFault>> = {
  "payment request paid twice: a payer who comes too late pays, too": {
    workload: requestWorkload,
    foundBy: "payment-requests",
    wrap: (fetch) => async (request): Promise<Response> => {
      const { method, url } = request;
      const [, id] = /payment-requests\/([^/]+)\/payment$/.exec(url) ?? [];
      if (id === undefined) return await fetch(request);
      const { payerAccountId } = await request.clone().json();
      const response = await fetch(request);
      if (response.status !== 409) return response;
      const headers = new Headers(request.headers);
      headers.delete("If-Match");
      const terms = await fetch(new Request(url.replace(/\/payment$/, ""), { headers }));
      const { data: { payeeAccountId, amount, description } } = await terms.json();
      const payment = url.replace(/payment-requests.*/, `payments/${crypto.randomUUID()}`);
      const body = JSON.stringify({ payerAccountId, payeeAccountId, amount, description });
      return await fetch(new Request(payment, { method, headers, body }));
    },
  },
  "refund applied twice: its repetition has another id": {
    workload: transferWorkload,
    foundBy: "exactly-once",
    wrap: (fetch) => {
      const ids = new Map<string, string>();
      return async (request): Promise<Response> => {
        const { method, headers, url } = request;
        if (method !== "PUT" || !url.includes("/refunds/")) return await fetch(request);
        const id = ids.get(url) ?? url;
        ids.set(url, url.replace(/[^/]+$/, crypto.randomUUID()));
        return await fetch(new Request(id, { method, headers, body: await request.text() }));
      };
    },
  },
};
