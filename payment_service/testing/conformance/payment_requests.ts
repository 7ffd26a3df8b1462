import { requestRows, type Theme, words } from "@archway/conformance/row.ts";
import { requestBody } from "./payment_bodies.ts";

const MISSING = "01a2023b-983b-7000-83d3-81c8f54d2496";
const POST = "POST /v1/payment-requests";
const PUT = "PUT /v1/payment-requests/{fresh}";
const BATCH = "POST /v1/payment-request-batches";
const TOO_LATE = new Date(Date.now() + 400 * 86_400_000).toISOString();

/** References that the schema rejects. */
const BAD_REFERENCES = words(`a/b a\\u0020b ${"a".repeat(65)} a;b %41`);

/** Payment requests and their batches. */
export const PAYMENT_REQUESTS: Theme = {
  name: "payment requests",
  rows: requestRows(`
    201                 | ${POST} | ${requestBody()}
    201                 | ${POST} | ${
    requestBody(',"reference":"{fresh}","payerAccountId":"{payercapitals}"')
  }
    201                 | ${POST} | ${
    requestBody(',"reference":null,"payerAccountId":null,"description":null')
  }
    422 /expiresAt      | ${POST} | ${requestBody("", "2020-01-01T00:00:00Z")}
    422 /expiresAt      | ${POST} | ${requestBody("", TOO_LATE)}
    422 /expiresAt      | ${POST} | ${requestBody("", "{marker}")}
    422 /payerAccountId | ${POST} | ${requestBody(`,"payerAccountId":"${MISSING}"`)}
    422                 | ${POST} | ${requestBody(',"payerAccountId":"{payee}"')}
    422 /status         | ${POST} | ${requestBody(',"status":"paid"')}
    ${
    BAD_REFERENCES.map((text) => `422 /reference | ${POST} | ${requestBody(`,"reference":"${text}"`)}`).join(
      "\n",
    )
  }
    201                 | ${PUT} | ${requestBody()}
    201                 | ${PUT} | ${requestBody()} | If-None-Match: *
    400 If-None-Match   | ${PUT} | ${requestBody()} | If-None-Match: "{marker}"
    400 If-None-Match   | ${PUT} | ${requestBody()} | If-None-Match: * | If-Match: *
    404                 | ${PUT} | ${requestBody()} | If-Match: *
    404                 | GET /v1/payment-requests/{payment}
    404                 | GET /v1/payment-requests/${MISSING}/revisions
    404                 | PUT /v1/payment-requests/${MISSING}/payment | {"payerAccountId":"{payer}"} | If-Match: *
    428                 | PUT /v1/payment-requests/${MISSING}/payment | {"payerAccountId":"{payer}"}
    404                 | POST /v1/payment-requests/${MISSING}/cancel | | If-Match: *
    202                 | ${BATCH} | {"requests":[${requestBody()},${requestBody(',"id":"{fresh}"')}]}
    202                 | ${BATCH} | {"requests":[${requestBody("", "2020-01-01T00:00:00Z")}]}
    422 /requests       | ${BATCH} | {"requests":[]}
    422 /requests/0/id  | ${BATCH} | {"requests":[${requestBody(',"id":"{marker}"')}]}
    404                 | GET /v1/payment-request-batches/${MISSING}
    404                 | GET /v1/payment-request-batches/${MISSING}/items
  `),
};
