import { lastStep } from "../json_pointer.ts";
import type { Validator } from "../operation.ts";
import type { Parameters } from "../parameters/decode_parameters.ts";
import type { RequestFaults } from "../request_faults.ts";
import { schemaFaults } from "./schema_faults.ts";

const LOCATION_OF = { path: "path", query: "query", headers: "header", cookies: "cookie" } as const;

/** Checks decoded parameters against their schemas; one with a fault already is not named twice. */
export function validateParameters(
  parameters: Parameters,
  validate: Validator | undefined,
  faults: RequestFaults,
): void {
  if (validate === undefined || validate(parameters)) return;
  for (const { pointer, reason } of schemaFaults(validate.errors ?? [])) {
    const [, record = "", name = "", ...inner] = pointer.split("/");
    const location = isRecord(record) ? LOCATION_OF[record] : "query";
    const parameter = lastStep(`/${name}`) ?? name;
    if (faults.has(location, parameter)) continue;
    const reasonInside = inner.length === 0
      ? reason
      : `has a member or item at /${inner.join("/")} that ${reason}`;
    faults.addMalformed({ name: parameter, in: location, reason: reasonInside });
  }
}

/** Checks a decoded body against its schema. */
export function validateBody(body: unknown, validate: Validator | undefined, faults: RequestFaults): void {
  if (validate === undefined || validate(body)) return;
  for (const { pointer, reason } of schemaFaults(validate.errors ?? [])) {
    faults.addInvalid({ name: lastStep(pointer) ?? "body", in: "body", pointer, reason });
  }
}

function isRecord(name: string): name is keyof typeof LOCATION_OF {
  return Object.hasOwn(LOCATION_OF, name);
}
