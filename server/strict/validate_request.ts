import type { ParsedJson } from "../body/json.ts";
import { lastStep } from "../representation/json_pointer.ts";
import type { Validator } from "../operation.ts";
import type { Parameters } from "../parameters/decode_parameters.ts";
import type { RequestFaults } from "../problems/request_faults.ts";
import { type SchemaFault, schemaFaults } from "./schema_faults.ts";

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

/**
 * Checks a decoded body against its schema. What the decoder found is told first; the schema's word on the same values
 * would only repeat it.
 */
export function validateBody(
  { value, faults: found }: ParsedJson,
  validate: Validator | undefined,
  faults: RequestFaults,
): void {
  for (const fault of found) addBodyFault(fault, faults);
  if (validate === undefined || validate(value)) return;
  const named = new Set(found.map(({ pointer }) => pointer));
  for (const fault of schemaFaults(validate.errors ?? [])) {
    if (!named.has(fault.pointer)) addBodyFault(fault, faults);
  }
}

function addBodyFault({ pointer, reason }: SchemaFault, faults: RequestFaults): void {
  faults.addInvalid({ name: lastStep(pointer) ?? "body", in: "body", pointer, reason });
}

function isRecord(name: string): name is keyof typeof LOCATION_OF {
  return Object.hasOwn(LOCATION_OF, name);
}
