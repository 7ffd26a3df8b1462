import { _, Ajv2020, str } from "ajv/dist/2020.js";
import { usePattern } from "ajv/dist/vocabularies/code.js";
import { default as addFormats } from "ajv-formats";

/** A UUID as RFC 9562, section 4, writes it: the URN that ajv-formats takes besides is a URI, and no database reads it. */
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/**
 * The engine that compiles validators, when code is generated only. Every diagnostic is reported, own members alone
 * count (`constructor` and `toString` are not there unless sent), a keyword or format it does not know is an error.
 */
export function createAjv(): Ajv2020 {
  const ajv = new Ajv2020({
    allErrors: true,
    strict: true,
    // A rule for one type is no mistake where the schema leaves the type open.
    strictTypes: false,
    // What "required" names may be declared elsewhere, as in if and then.
    strictRequired: false,
    // A tuple's type would be wrong if fewer or more elements were let through.
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
