import type { HttpTheme } from "../http_theme.ts";
import { create } from "../requests.ts";
import { type Row, type Statuses, utf8 } from "@archway/tools/support/conformance/row.ts";
import { shorten } from "@archway/tools/support/conformance/shorten.ts";

/** Texts that are no JSON, or no JSON that says one thing. */
const MALFORMED: readonly (readonly [name: string, text: string])[] = [
  ["an empty body", ""],
  ["white space only", " \r\n\t "],
  ["a comma behind the last member", '{"name":"{marker}",}'],
  ["a comma in front", '{,"name":"{marker}"}'],
  ["two commas", '{"name":"{marker}",,"age":1}'],
  ["no comma", '{"name":"{marker}" "age":1}'],
  ["single quotes", "{'name':'{marker}'}"],
  ["a name without quotes", '{name:"{marker}"}'],
  ["a comment", '{"name":"{marker}"/* ok */}'],
  ["a comment to the end of the line", '{"name":"{marker}"} // ok'],
  ["two values", '{"name":"{marker}"}{"name":"{marker}"}'],
  ["JSON lines", '{"name":"{marker}"}\n{"name":"{marker}"}\n'],
  ["something behind the value", '{"name":"{marker}"};'],
  ["cut inside a text", '{"name":"{marker}'],
  ["cut behind the colon", '{"name":'],
  ["an opening brace", "{"],
  ["a closing brace too many", '{"name":"{marker}"}}'],
  ["a wrong closing bracket", '{"name":"{marker}"]'],
  ["NaN", '{"name":"{marker}","age":NaN}'],
  ["Infinity", '{"name":"{marker}","age":Infinity}'],
  ["-Infinity", '{"name":"{marker}","age":-Infinity}'],
  ["undefined", '{"name":"{marker}","age":undefined}'],
  ["True, as Python writes it", '{"name":"{marker}","age":True}'],
  ["a number with a plus", '{"name":"{marker}","age":+1}'],
  ["a number with a zero in front", '{"name":"{marker}","age":01}'],
  ["a hexadecimal number", '{"name":"{marker}","age":0x10}'],
  ["a number that begins with its point", '{"name":"{marker}","age":.5}'],
  ["a number that ends with its point", '{"name":"{marker}","age":5.}'],
  ["a number with an empty exponent", '{"name":"{marker}","age":1e}'],
  ["a number with underscores", '{"name":"{marker}","age":1_0}'],
  ["a BigInt", '{"name":"{marker}","age":10n}'],
  ["two minus signs", '{"name":"{marker}","age":--1}'],
  ["Arabic digits", `{"name":"{marker}","age":${utf8("٣٦")}}`],
  ["a raw line break in a text", '{"name":"{marker}\n"}'],
  ["a raw tab in a text", '{"name":"{marker}\t"}'],
  ["a raw U+0000 in a text", '{"name":"{marker}\0"}'],
  ["U+0000 behind the value", '{"name":"{marker}"}\0'],
  ["an escape that JSON does not have", '{"name":"{marker}\\x41"}'],
  ["an escape for a quote that JSON does not have", '{"name":"{marker}\\\'"}'],
  ["an escape with three digits", '{"name":"{marker}\\u012"}'],
  ["an escape in braces", '{"name":"{marker}\\u{41}"}'],
  ["a no-break space between tokens", `{${utf8("\u00a0")}"name":"{marker}"}`],
  ["the same member twice", '{"name":"{marker}","name":"Eve"}'],
  ["the same member twice, once escaped", '{"name":"{marker}","\\u006eame":"Eve"}'],
  ["the same member twice, deep inside", '{"name":"Ada","x":[{"{marker}":1,"{marker}":2}]}'],
  ["__proto__ twice", '{"name":"{marker}","__proto__":1,"__proto__":2}'],
  ["lists nested 65 deep", "[".repeat(65) + "]".repeat(65)],
  ["objects nested 1,000 deep", `${'{"a":'.repeat(1_000)}1${"}".repeat(1_000)}`],
  ["lists nested 400,000 deep", "[".repeat(400_000) + "]".repeat(400_000)],
  ["900,000 opening brackets", "[".repeat(900_000)],
  ["a form", "name={marker}&age=1"],
  [
    "XML with an entity",
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;{marker}</a>',
  ],
  ["YAML", "name: {marker}\nage: 36\n"],
  ["CBOR", "\xa1\x64name\x63Ada"],
  ["MessagePack", "\x81\xa4name\xa3Ada"],
  ["a prefix against hijacking", ')]}\'\n{"name":"{marker}"}'],
];

const malformed: readonly Row[] = MALFORMED.map(([name, text]) => ({
  name,
  request: create(text),
  expect: { status: 400, fault: "body" },
}));

/** Texts that are JSON, and what they come to. */
const WELL_FORMED: readonly (readonly [name: string, text: string, status: Statuses, fault?: string])[] = [
  ["null", "null", 422, ""],
  ["true", "true", 422, ""],
  ["a number", "0", 422, ""],
  ["a text", '"{marker}"', 422, ""],
  ["a list", '[{"name":"{marker}"}]', 422, ""],
  ["an empty object", "{}", 422, "/name"],
  ["a name that is null", '{"name":null}', 422, "/name"],
  ["a name that is a number", '{"name":7}', 422, "/name"],
  ["a name that is a list", '{"name":["{marker}"]}', 422, "/name"],
  ["a name that is an object with toString", '{"name":{"toString":"{marker}"}}', 422, "/name"],
  ["a name of white space", '{"name":" \\t\\n"}', 422, "/name"],
  ["a name of no-break spaces", `{"name":"${utf8("\u00a0\u2003\ufeff")}"}`, 422, "/name"],
  ["an escaped U+0000 in a name", '{"name":"{marker}\\u0000"}', 422, "/name"],
  ["half an escaped surrogate pair", '{"name":"{marker}\\ud800"}', 422, "/name"],
  ["the other half", '{"name":"\\udc00{marker}"}', 422, "/name"],
  ["escaped surrogates in the wrong order", '{"name":"{marker}\\ude00\\ud83d"}', 422, "/name"],
  ["half a surrogate pair in a member's name", '{"name":"Ada","{marker}\\ud800":1}', 422],
  ["U+0000 in a member's name", '{"name":"Ada","{marker}\\u0000":1}', 422],
  ["a member that is not known, with a long name", `{"name":"Ada","{marker}${"x".repeat(200)}":1}`, 422],
  ["__proto__", '{"name":"Ada","__proto__":{"admin":true}}', 422, "/__proto__"],
  ["an escaped __proto__", '{"name":"Ada","\\u005f_proto__":{"age":7}}', 422, "/__proto__"],
  ["constructor.prototype", '{"name":"Ada","constructor":{"prototype":{"admin":true}}}', 422, "/constructor"],
  [
    "toString, hasOwnProperty and valueOf",
    '{"name":"Ada","toString":1,"hasOwnProperty":2,"valueOf":3}',
    422,
    "/valueOf",
  ],
  ["__proto__ instead of a name", '{"__proto__":{"name":"{marker}"}}', 422, "/name"],
  ["toJSON", '{"name":"Ada","toJSON":"{marker}"}', 422, "/toJSON"],
  ["then, as a promise has it", '{"name":"Ada","then":"{marker}"}', 422, "/then"],
  ["an empty member's name", '{"name":"Ada","":1}', 422, "/"],
  ["a member's name with / and ~", '{"name":"Ada","a/b~c":1}', 422, "/a~1b~0c"],
  ["read-only members", '{"name":"Ada","id":"{marker}","createdAt":"{marker}"}', 422, "/id"],
  ["the column of the version", '{"name":"Ada","version":99}', 422, "/version"],
  ["the name in capitals", '{"NAME":"{marker}"}', 422, "/name"],
  ["a member's name that only looks the same", `{"n${utf8("\u0430")}me":"{marker}"}`, 422, "/name"],
  ["lists nested 64 deep", "[".repeat(64) + "]".repeat(64), 422, ""],
  ["101 members that are not known", `{"name":"Ada",${members(101)}}`, 422],
  ["20,000 members that are not known", `{"name":"Ada",${members(20_000)}}`, 422],
  ["a list of 200,000 zeros", `[${"0,".repeat(200_000)}0]`, 422, ""],
];

const wellFormed: readonly Row[] = WELL_FORMED.map(([name, text, status, fault]) => ({
  name,
  request: create(text),
  expect: { status, ...(fault !== undefined && { fault }) },
}));

/** What stands where an age should. */
const AGES: readonly (readonly [text: string, stored: number | undefined])[] = [
  ["36.0", 36],
  ["3.6e1", 36],
  ["1E2", 100],
  ["150", 150],
  ["0", undefined],
  ["-0", undefined],
  ["-0.0", undefined],
  ["-1", undefined],
  ["151", undefined],
  ["1.5", undefined],
  ["1e999", undefined],
  ["-1e999", undefined],
  ["1e-999", undefined],
  ["9007199254740993", undefined],
  ["2147483648", undefined],
  ["18446744073709551616", undefined],
  [`1${"0".repeat(400)}`, undefined],
  [`0.${"0".repeat(5_000)}1`, undefined],
  ["1e308", undefined],
  ["1e2147483648", undefined],
  ['"36"', undefined],
  ['""', undefined],
  ["true", undefined],
  ["null", undefined],
  ["[36]", undefined],
  ['{"valueOf":36}', undefined],
];

const ages: readonly Row[] = AGES.map(([text, age]) => ({
  name: `an age of ${shorten(text)}`,
  request: create(`{"name":"Ada","age":${text}}`),
  expect: age === undefined ? { status: 422, fault: "/age" } : { status: 201, data: { age } },
}));

/** Bodies of JSON that are malformed, ambiguous, too deep, or not what the document says. */
export const JSON_BODIES: HttpTheme = {
  name: "json",
  rows: [...malformed, ...wellFormed.filter(({ expect }) => expect.fault !== "/name")],
  contactRows: [...wellFormed.filter(({ expect }) => expect.fault === "/name"), ...ages],
};

function members(count: number): string {
  return Array.from({ length: count }, (_, index) => `"x${index}":1`).join();
}
