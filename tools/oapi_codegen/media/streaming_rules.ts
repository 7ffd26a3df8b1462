import type { Codec } from "@archway/server/operation.ts";
import type { DiagnosticList } from "../diagnostics/diagnostics.ts";
import { type Located, member } from "../document/json_value.ts";
import type { OperationModel } from "../operations/model.ts";
import type { References } from "../document/references.ts";

/** Returns whether a handler reads the bytes of a body while they arrive (`x-stream`). */
export function readStream(
  media: Located,
  { codec, direction, references }: {
    readonly codec: Codec;
    readonly direction: "request" | "response";
    readonly references: References;
  },
): { readonly stream?: true } {
  const written = member(media.value, "x-stream");
  if (written === undefined || written === false) return {};
  const { diagnostics } = references;
  const at = `${media.pointer}/x-stream`;
  if (written !== true) diagnostics.add(at, "Expected true or false");
  if (codec === "binary" && direction === "request") return { stream: true };
  diagnostics.warn(
    at,
    direction === "request"
      ? "Only bytes are read as a stream; the body is read as a whole"
      : "Applies to bodies of requests; a handler may always return a stream of text or bytes",
  );
  return {};
}

/** Whether an operation requires an `Idempotency-Key`, so that its response is stored. */
export function isKeyed({ parameters }: OperationModel): boolean {
  return parameters.some((parameter) =>
    parameter.in === "header" && parameter.required && parameter.name.toLowerCase() === "idempotency-key"
  );
}

/** Rejects streams of operations that require an `Idempotency-Key`: streams are neither compared nor stored. */
export function checkStreaming(operations: readonly OperationModel[], diagnostics: DiagnosticList): void {
  for (const operation of operations) {
    if (!isKeyed(operation)) continue;
    const { body, responses, pointer } = operation;
    const isStreamed = ({ codec, stream }: { codec: Codec; stream?: true }): boolean =>
      stream === true || ["events", "lines", "sequence"].includes(codec);
    if (body?.content.some(isStreamed) === true) {
      diagnostics.add(
        `${pointer}/requestBody`,
        "The body is a stream, which cannot be compared under an Idempotency-Key; make the key optional",
      );
    }
    for (const { status, content } of responses) {
      if (!content.some(isStreamed)) continue;
      diagnostics.add(
        `${pointer}/responses/${status}`,
        "The response is a stream, which is not stored under an Idempotency-Key; make the key optional",
      );
    }
  }
}
