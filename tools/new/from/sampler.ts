import type { Ajv2020 } from "ajv/dist/2020.js";
import type { JsonValue } from "@archway/server/operation.ts";
import { type SampleChoice, sampleChoices, sampleValue } from "../../support/samples/sample_value.ts";
import { bannedWords } from "../../check/banned_words.ts";
import { isObject, type Located } from "../../oapi_codegen/document/json_value.ts";
import type { References } from "../../oapi_codegen/document/references.ts";
import { createAjv } from "../../oapi_codegen/validators/ajv_instance.ts";

const ID = "document:root";
/** File of a service, in which samples have no words that `deno task check` bans. */
const SAMPLE_FILE = "sample_service/sample.ts";

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
    return this.#different(schema, { optional, choices: [...sampleChoices(this.references)] });
  }

  #different(
    schema: Located,
    { optional, choices }: { readonly optional: boolean; readonly choices: readonly SampleChoice[] },
  ): readonly JsonValue[] {
    const found = new Map<string, JsonValue>();
    const wanted = [
      ...choices.filter((choice) => choice.optional === optional),
      ...choices.filter((choice) => choice.optional !== optional),
    ];
    for (const choice of wanted) {
      try {
        const value = sampleValue(schema, choice);
        const text = JSON.stringify(value);
        const isUsable = this.isValid(schema, value) && bannedWords(SAMPLE_FILE, text).length === 0;
        if (isUsable) found.set(text, value);
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
    // Examples may have properties that their type has not.
    const choices = [...sampleChoices(this.references)].filter(({ examples }) => !examples);
    return candidates.find((value) => this.isValid(schema, value)) ??
      this.#different(schema, { optional: false, choices })[0];
  }
}
