import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { Buffer } from "node:buffer";
import { columnParsers } from "../connection/text_format.ts";
import { columnDecoder, decodeText } from "./column_decoders.ts";

function decode(oid: number, text: string): unknown {
  const bytes = Buffer.from(`<${text}>`);
  return columnDecoder(oid)(bytes, 1, bytes.length - 1);
}

Deno.test("decodeText() decodes every text, a byte order mark included", () => {
  for (const text of ["", "a", "é", "日本", "\ufeffmark", `\ufeff${"x".repeat(2_000)}`, "😀".repeat(600)]) {
    assertEquals(decode(25, text), text);
  }
  fc.assert(
    fc.property(
      fc.string({ maxLength: 60, unit: fc.constantFrom("a", "\0", "\ufeff", "é", "日", "😀") }),
      (text) => {
        const bytes = Buffer.from(text);
        assertEquals(decodeText(bytes, 0, bytes.length), text);
      },
    ),
  );
});

Deno.test("columnDecoder() returns the values of the parsers of texts", () => {
  const texts: Readonly<Record<number, readonly string[]>> = {
    16: ["t", "f"],
    17: ["\\x", "\\x00ff", "a\\\\b\\000\\377", "plain"],
    20: [
      "0",
      "-7",
      "999999999999999",
      "-99999999999999",
      "9007199254740993",
      "-9223372036854775808",
      "9223372036854775807",
    ],
    21: ["0", "-32768", "32767"],
    23: ["-2147483648", "2147483647"],
    26: ["4294967295"],
    701: ["0.1", "-0", "1e+300", "NaN", "Infinity", "-Infinity"],
    114: ['{"a": [1, null]}', '"x"'],
    3802: ["null", "1.50"],
    1184: [
      ...["2026-11-22 07:41:00.123456+00", "2026-11-22 07:41:00+00", "0044-03-15 00:00:00+00 BC", "infinity"],
      ...["12026-11-22 07:41:00+00", "2026-11-22 07:41:00+05:30", "2026-11-22 07:41:00-03", "-infinity"],
    ],
    1016: ["{1,NULL,-3}", "{}", "{{1,2},{3,4}}", "[0:1]={1,2}"],
    1001: ['{"\\\\x00ff",NULL}'],
    1700: ["1.50", "NaN"],
    2950: ["0190163d-8694-739b-aea5-966c26f8ad91"],
    99_999: ["(1,a)"],
  };
  for (const [oid, values] of Object.entries(texts)) {
    const parse = columnParsers[Number(oid)] ?? ((text: string): string => text);
    for (const text of values) assertEquals(decode(Number(oid), text), parse(text), `${oid}: ${text}`);
  }
});
