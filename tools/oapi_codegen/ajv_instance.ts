import { _, Ajv2020, str } from "ajv/dist/2020.js";
import { usePattern } from "ajv/dist/vocabularies/code.js";
import { default as addFormats } from "ajv-formats";

/** UUID as RFC 9562, section 4, defines it. The ajv-formats package also accepts a URN, which no database does. */
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/**
 * Creates the compiler for validators, used only by code generation. Validators report all errors and consider only own
 * properties (not `constructor` or `toString`); unknown keywords and formats are errors.
 */
export function createAjv(): Ajv2020 {
  const ajv = new Ajv2020({
    allErrors: true,
    strict: true,
    // Keywords for one type are valid without a type.
    strictTypes: false,
    // Names in "required" may be declared elsewhere, as in if and then.
    strictRequired: false,
    // The type of a tuple requires its exact length.
    strictTuples: true,
    unicodeRegExp: true,
    useDefaults: true,
    ownProperties: true,
    discriminator: true,
    inlineRefs: false,
    validateSchema: false,
    logger: false,
    code: { source: true, esm: true, lines: true },
  });
  addFormats.default(ajv, { mode: "full" });
  ajv.addFormat("uuid", UUID);
  ajv.removeKeyword("pattern");
  ajv.addKeyword({
    keyword: "pattern",
    type: "string",
    schemaType: "string",
    error: {
      message: ({ parentSchema, schemaCode }) => {
        const text: unknown = parentSchema?.["x-pattern-message"];
        return typeof text === "string" ? text : str`must match pattern "${schemaCode}"`;
      },
      params: ({ schemaCode }) => _`{pattern: ${schemaCode}}`,
    },
    code(context): void {
      context.fail(_`!${usePattern(context, String(context.schema))}.test(${context.data})`);
    },
  });
  ajv.addVocabulary(["x-pattern-message"]);
  ajv.addKeyword({
    keyword: "isFile",
    schemaType: "boolean",
    error: { message: "must be a file" },
    code(context): void {
      context.fail(_`!(${context.data} instanceof File)`);
    },
  });
  return ajv;
}
