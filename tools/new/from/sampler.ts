import type { Ajv2020 } from "ajv/dist/2020.js";
import type { JsonValue } from "@archway/server/operation.ts";
import { type SampleChoice, sampleChoices, sampleValue } from "../../support/sample_value.ts";
import { isObject, type Located } from "../../oapi_codegen/document/json_value.ts";
import type { References } from "../../oapi_codegen/document/references.ts";
import { createAjv } from "../../oapi_codegen/validators/ajv_instance.ts";

const ID = "document:root";

/** Values that the schemas of a document allow. */
export class Sampler {
  readonly #ajv: Ajv2020 = createAjv();

  constructor(readonly references: References) {
    if (isObject(references.root)) this.#ajv.addSchema({ ...references.root, $id: ID });
  }

  /** Whether a schema allows a value. Schemas that cannot be compiled allow none. */
  isValid(schema: Located, value: JsonValue): boolean {
    try {
      const $ref = `${ID}#${encodeURI(schema.pointer).replaceAll("#", "%23")}`;
      const validate = this.#ajv.getSchema($ref) ?? this.#ajv.compile({ $ref });
      return validate(structuredClone(value)) === true;
    } catch {
      return false;
    }
  }

  /** Returns an allowed value, with the optional properties if asked for; undefined if none is found. */
  sample(schema: Located, options: Pick<SampleChoice, "optional">): JsonValue | undefined {
    return this.samples(schema, options)[0];
  }

  /** Returns up to two different values; see {@link sample}. */
  samples(schema: Located, { optional }: Pick<SampleChoice, "optional">): readonly JsonValue[] {
    const found = new Map<string, JsonValue>();
    const choices = [...sampleChoices(this.references)];
    const wanted = [
      ...choices.filter((choice) => choice.optional === optional),
      ...choices.filter((choice) => choice.optional !== optional),
    ];
    for (const choice of wanted) {
      try {
        const value = sampleValue(schema, choice);
        if (this.isValid(schema, value)) found.set(JSON.stringify(value), value);
        if (found.size === 2) break;
      } catch {
        // The next choice may succeed.
      }
    }
    return [...found.values()];
  }

  /** Returns the plainest value that a schema allows, such as false, 0 or an empty list. */
  plainest(schema: Located): JsonValue | undefined {
    const plain: readonly JsonValue[] = [null, [], {}, false, 0, ""];
    const preset = isObject(schema.value) ? schema.value["default"] : undefined;
    const candidates = preset === undefined ? plain : [preset, ...plain];
    return candidates.find((value) => this.isValid(schema, value)) ??
      this.sample(schema, { optional: false });
  }
}
