/** Result of validating a value: the payload, or what is wrong with the value. */
export type PayloadResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly PayloadIssue[] };

/** Violation of a schema, at a path of property names. */
export interface PayloadIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/**
 * Schema of a payload: any library's schema that implements Standard Schema (https://standardschema.dev), such as Zod,
 * Valibot and ArkType, an `objectPayload` or a {@link payloadOf}.
 */
export interface PayloadSchema<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => PayloadResult<Output> | Promise<PayloadResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** Payload that a schema returns. */
export type PayloadOf<S> = S extends PayloadSchema<infer _, infer Output> ? Output : never;

/** Returns a schema from a function that returns the payload, or throws an error that says what is wrong. */
export function payloadOf<T>(parse: (value: unknown) => T): PayloadSchema<T> {
  return {
    "~standard": {
      version: 1,
      vendor: "archway",
      validate(value): PayloadResult<T> {
        try {
          return { value: parse(value) };
        } catch (error) {
          return { issues: [{ message: error instanceof Error ? error.message : "is invalid" }] };
        }
      },
    },
  };
}

/** Order in which waiting jobs run, if not all can run at once. */
export type JobPriority = "high" | "normal" | "low";

/** A kind of job, as the module of a service lists it. */
export interface JobDefinition<Input = unknown, Output = unknown> {
  /** Name that is stored, such as "orders.send_receipt": lower-case words with the service as the first. */
  readonly kind: string;
  /** Schema of the payload, which is stored as JSON. Validated when a job is enqueued, and before each run. */
  readonly payload: PayloadSchema<Input, Output>;
  /** Maximum number of attempts after the first. @default {10} */
  readonly retries?: number;
  /** Delays between attempts: exponential, with jitter. @default from 10 s to 1 h */
  readonly backoff?: { readonly firstMs: number; readonly maxMs: number };
  /** Maximum duration of an attempt, in milliseconds, after which its signal aborts. @default {60_000} */
  readonly timeoutMs?: number;
  /** Maximum number of jobs of the kind that run at the same time, in all processes together. @default unlimited */
  readonly concurrency?: number;
  /** @default "normal" */
  readonly priority?: JobPriority;
}

const KIND = /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/;

/**
 * Defines a kind of job.
 *
 * @throws {Error} for a value that cannot be used.
 */
export function defineJob<Input, Output>(
  definition: JobDefinition<Input, Output>,
): JobDefinition<Input, Output> {
  const { kind, retries = 0, timeoutMs = 1, concurrency = 1, backoff = { firstMs: 1, maxMs: 1 } } =
    definition;
  if (!KIND.test(kind)) {
    throw new Error(`Job "${kind}": the kind must be words such as "orders.send_receipt"`);
  }
  if (!Number.isSafeInteger(retries) || retries < 0) {
    throw new Error(`Job ${kind}: retries must be an integer of at least 0`);
  }
  for (const [name, value] of Object.entries({ timeoutMs, concurrency, ...backoff })) {
    if (Number.isSafeInteger(value) && value > 0) continue;
    throw new Error(`Job ${kind}: ${name} must be an integer of at least 1`);
  }
  return definition;
}

/** A run of a job. */
export interface JobContext {
  /** Id of the job, the same for all its attempts: the key of side effects that must not be repeated. */
  readonly id: string;
  readonly kind: string;
  /** Number of the attempt, from 1. */
  readonly attempt: number;
  /** Time at which it was enqueued. */
  readonly enqueuedAt: string;
  /** `traceparent` to propagate, if any. */
  readonly traceparent: string | undefined;
  /** Aborts on the timeout, when the job is cancelled or its lease is lost, and when the program has to stop. */
  readonly signal: AbortSignal;
}

/** Handler of a kind of job. */
export interface JobHandler {
  readonly job: JobDefinition;
  /** Runs a job. @throws {InvalidPayloadError} if the stored payload does not match its schema. */
  run(payload: unknown, context: JobContext): Promise<void>;
}

/**
 * Binds a handler to a kind of job. A job may run more than once: a worker that dies during a run cannot report it. The
 * job succeeds when the promise resolves; any error is retried, except a {@link PermanentJobError}.
 */
export function handleJob<Input, Output>(
  job: JobDefinition<Input, Output>,
  run: (payload: Output, context: JobContext) => Promise<void>,
): JobHandler {
  return { job, run: async (payload, context) => await run(await parsePayload(job, payload), context) };
}

/** Failure of a run that is to be retried after a delay of its own, instead of the backoff. */
export class RetryJobError extends Error {
  override readonly name = "RetryJobError";
  /**
   * Delay until the next attempt, in milliseconds: at most 365 days, and the backoff instead of one that is negative or
   * not finite.
   */
  readonly afterMs: number;

  constructor({ afterMs }: { readonly afterMs: number }, options?: ErrorOptions) {
    super(`The job asked for another attempt after ${afterMs} ms`, options);
    this.afterMs = afterMs;
  }
}

/** Failure that no other attempt can avoid: the job becomes a dead letter at once. */
export class PermanentJobError extends Error {
  override readonly name: string = "PermanentJobError";
}

/** A payload that does not match its schema. */
export class InvalidPayloadError extends PermanentJobError {
  override readonly name = "InvalidPayloadError";
}

/** Returns the payload of a job. @throws {InvalidPayloadError} if the value does not match the schema. */
export async function parsePayload<Input, Output>(
  { kind, payload }: JobDefinition<Input, Output>,
  value: unknown,
): Promise<Output> {
  const result = await payload["~standard"].validate(value);
  if (result.issues === undefined) return result.value;
  const issues = result.issues.map(describeIssue).join("; ");
  throw new InvalidPayloadError(`Invalid payload of job ${kind}: ${issues}`);
}

function describeIssue({ message, path = [] }: PayloadIssue): string {
  const names = path.map((part) => String(typeof part === "object" ? part.key : part));
  return names.length === 0 ? message : `${names.join(".")}: ${message}`;
}
