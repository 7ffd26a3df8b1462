import { Ajv2020 } from "ajv/dist/2020.js";
import { addKeywords } from "./ajv_keywords.ts";
import { addAllFormats, type FormatRules } from "../schemas/formats.ts";

/**
 * Creates the compiler for validators, used only by code generation. Validators report all errors and consider only own
 * properties (not `constructor` or `toString`).
 *
 * @param options `runnable: false` if only the source of the validators is needed
 */
export function createAjv(
  formats: FormatRules = new Map(),
  { runnable = true }: { readonly runnable?: boolean } = {},
): Ajv2020 {
  const ajv = new Ajv2020({
    allErrors: true,
    // Unknown keywords and formats are found before. Keywords that have no effect, such as then without if, are valid.
    strict: false,
    strictNumbers: true,
    unicodeRegExp: true,
    useDefaults: true,
    ownProperties: true,
    discriminator: true,
    inlineRefs: false,
    validateSchema: false,
    logger: false,
    code: {
      ...{ source: true, esm: true, lines: true },
      // The source is kept before this: the engine then has nothing to parse.
      ...(runnable ? {} : { process: (): string => "return () => true" }),
    },
  });
  addAllFormats(ajv, formats);
  addKeywords(ajv);
  return ajv;
}
