import type { ApiModule } from "@archway/server/api_module.ts";
import type {
  DecodedRequest,
  Operation,
  ParameterDescriptor,
  StrictResponse,
} from "@archway/server/operation.ts";
import { Problem } from "@archway/server/problem.ts";
import type { RequestContext } from "@archway/server/request_context.ts";
import { objectValidator } from "@archway/server/testing/object_validator.ts";
import { transactionOf } from "../transaction_unit.ts";

/** Callback of a test, between the write of a count and the response. */
export type OnCounted = (by: number) => Promise<void>;

const key: ParameterDescriptor = {
  name: "Idempotency-Key",
  in: "header",
  required: true,
  style: "simple",
  explode: false,
  shape: { kind: "string" },
};

const count: Operation = {
  operationId: "count",
  method: "POST",
  path: "/counts",
  parameters: [key],
  validateParameters: objectValidator({ inside: { headers: { required: ["Idempotency-Key"] } } }),
  requestBody: {
    required: true,
    content: [{
      mediaType: "application/json",
      codec: "json",
      validate: objectValidator({ required: ["by"], types: { by: "integer" } }),
    }],
  },
  responses: {
    "201": {
      content: [{ mediaType: "application/json", codec: "json" }],
      headers: [
        { name: "Location", required: true },
        { name: "ETag", required: true },
        { name: "Fresh", required: false },
      ],
    },
  },
  security: [[{ kind: "bearer", scheme: "bearerAuth", scopes: [] }]],
  extensions: { "x-counted-as": "counts" },
};

/** DDL of the table that {@link counterApi} writes to. */
export const COUNTS =
  "create table counts (number int generated always as identity, by int not null check (by < 1000))";

/**
 * Returns an API with one keyed operation, which inserts a number. It responds with the number of the row. 0 is refused
 * after the insert, 7 is a validation error, 13 throws, 14 responds with 503, and a check constraint rejects 1000 and
 * more.
 */
export function counterApi(onCounted: OnCounted = () => Promise.resolve()): ApiModule {
  return {
    name: "counter",
    document: '{"openapi":"3.1.0"}',
    problemTypes: [
      { slug: "nothing-to-count", title: "Nothing to count", status: 422, detail: "It is 0." },
      { slug: "not-a-count", title: "Not a count", status: 422, detail: "It is 7.", validation: true },
    ],
    problemOf: (error) =>
      error instanceof Error && "constraint" in error && error.constraint === "counts_by_check"
        ? new Problem(409, "nothing-to-count")
        : undefined,
    routes: [{ operation: count, handle: (request, context) => handle(request, context, onCounted) }],
  };
}

async function handle(
  { body }: DecodedRequest,
  context: RequestContext,
  onCounted: OnCounted,
): Promise<StrictResponse> {
  const by = Number(new Map(Object.entries(Object(body))).get("by"));
  if (by === 7) throw new Problem(422, "not-a-count");
  const { rows: [row] } = await transactionOf(context).query<{ number: number }>(
    "insert into counts (by) values ($1) returning number",
    [by],
  );
  await onCounted(by);
  if (by === 0) throw new Problem(422, "nothing-to-count", { headers: { "X-Why": "zero" } });
  if (by === 13) throw new Error("The handler failed");
  if (by === 14) return { status: 503, headers: { Location: "/", ETag: "" }, body: {} };
  return {
    status: 201,
    headers: { Location: `/counts/${row?.number}`, ETag: '"1"' },
    body: { number: row?.number, requestId: context.requestId },
  };
}
