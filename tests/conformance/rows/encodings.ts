import type { HttpTheme } from "../http_theme.ts";
import { create, createAs, get } from "../requests.ts";
import { type Row, utf8 } from "@archway/tools/support/conformance/row.ts";

/** Bytes inside a name that are not UTF-8, or are and must not be. */
const BAD_BYTES: readonly (readonly [name: string, bytes: string])[] = [
  ["a lone continuation byte", "\x80"],
  ["a start byte without its end", "\xc3"],
  ["a sequence cut by a quote", "\xe2\x82"],
  ["an overlong slash of two bytes", "\xc0\xaf"],
  ["an overlong slash of three bytes", "\xe0\x80\xaf"],
  ["an overlong slash of four bytes", "\xf0\x80\x80\xaf"],
  ["an overlong U+0000, as Java writes it", "\xc0\x80"],
  ["a surrogate written in UTF-8", "\xed\xa0\x80"],
  ["a pair of surrogates written in UTF-8 (CESU-8)", "\xed\xa0\xbd\xed\xb8\x80"],
  ["a code point beyond U+10FFFF", "\xf4\x90\x80\x80"],
  ["a sequence of five bytes", "\xf8\x88\x80\x80\x80"],
  ["a sequence of six bytes", "\xfc\x84\x80\x80\x80\x80"],
  ["the byte FE", "\xfe"],
  ["the byte FF", "\xff"],
  ["Latin-1", "caf\xe9"],
  ["Windows-1252 quotes", "\x93a\x94"],
  ["Shift JIS", "\x83e\x83X\x83g"],
  ["GBK", "\xd6\xd0\xce\xc4"],
];

const badBytes: readonly Row[] = BAD_BYTES.map(([name, bytes]) => ({
  name: `${name} in a JSON text`,
  request: create(`{"name":"{marker}${bytes}"}`),
  expect: { status: 400 },
}));

const wrongCharsets: readonly Row[] = [
  "iso-8859-1",
  "utf-16",
  "utf-16le",
  "utf-32",
  "utf-7",
  "us-ascii",
  "x-unknown",
  "",
].map((charset) => ({
  name: `charset="${charset}"`,
  request: createAs(`application/json; charset="${charset}"`, '{"name":"{marker}"}'),
  expect: { status: 415, headers: { "Accept-Post": /^application\/json$/ } },
}));

const otherEncodings: readonly Row[] = [
  {
    name: "a UTF-8 byte order mark in front is skipped and echoed by nobody",
    request: create("\xef\xbb\xbf{sample}"),
    expect: { status: 201, data: "sample" },
  },
  {
    name: "two byte order marks",
    request: create('\xef\xbb\xbf\xef\xbb\xbf{"name":"{marker}"}'),
    expect: { status: 400 },
  },
  {
    name: "a byte order mark inside",
    request: create('{\xef\xbb\xbf"name":"{marker}"}'),
    expect: { status: 400 },
  },
  {
    name: "UTF-16 little endian",
    request: create(utf16('{"name":"Ada"}', "little")),
    expect: { status: 400 },
  },
  { name: "UTF-16 big endian", request: create(utf16('{"name":"Ada"}', "big")), expect: { status: 400 } },
  {
    name: "UTF-16 with its byte order mark",
    request: create(`\xff\xfe${utf16('{"name":"Ada"}', "little")}`),
    expect: { status: 400 },
  },
  {
    name: "UTF-32",
    request: create([...'{"name":"Ada"}'].map((letter) => `${letter}\0\0\0`).join("")),
    expect: { status: 400 },
  },
  { name: "UTF-7", request: create('+AHsAIgBuAGEAbQBlACI-:"{marker}"}'), expect: { status: 400 } },
  {
    name: "EBCDIC",
    request: create("\xc0\x7f\x95\x81\x94\x85\x7f\x7a\x7f\xc1\x84\x81\x7f\xd0"),
    expect: { status: 400 },
  },
  { name: "gzip's first bytes", request: create("\x1f\x8b\x08\0\0\0\0\0\0\x03"), expect: { status: 400 } },
  {
    name: "charset=UTF-8 in capitals and quotes",
    request: createAs('Application/JSON ; Charset="UTF-8"', "{sample}"),
    expect: { status: 201, data: "sample" },
  },
  {
    name: "charset twice",
    request: createAs("application/json; charset=utf-8; charset=utf-8", '{"name":"{marker}"}'),
    expect: { status: 415 },
  },
];

const PERCENT_ENCODED = ["%00", "%ff", "%c0%af", "%ed%a0%80", "%f4%90%80%80", "%c3", "%fe%ff"];

const inPaths: readonly Row[] = PERCENT_ENCODED.map((text) => ({
  name: `${text} in a path`,
  request: get(`{list}/{marker}${text}`),
  expect: { status: 400, fault: "id" },
}));

const inQueries: readonly Row[] = PERCENT_ENCODED.map((text) => ({
  name: `${text} in a query`,
  request: get(`{list}?name={marker}${text}`),
  expect: { status: 400, fault: "name" },
}));

/** Names that are fine and have to come back as they were sent. */
const NAMES: readonly (readonly [name: string, text: string])[] = [
  ["a family of emoji joined by ZWJ", "👩‍👩‍👧‍👦 Ada"],
  ["a flag and a skin tone", "🇺🇦 👍🏿"],
  ["Hebrew and Arabic", "עדה לאבלייס آدا"],
  ["direction overrides", "Ada \u202egpj.exe\u202c"],
  ["zero-width characters inside", "A\u200bd\u200ca\u2060"],
  ["combining marks in a heap", `A${"\u0300".repeat(60)}`],
  ["an ideograph of the supplementary plane", "𠮷野家"],
  ["private use and noncharacters", "Ada \ue000\ufdd0\uffff"],
  ["the last code point", "Ada \u{10ffff}"],
  ["control characters that are not U+0000", "Ada\u0001\u001b[31m\u007f\u0085x"],
  ["Turkish dotless and dotted i", "Iıİi"],
  ["a ligature and a long s", "ﬁlm ſ"],
  ["line separators inside", "Ada\u2028Love\u2029lace"],
];

const names: readonly Row[] = NAMES.map(([name, text]) => ({
  name: `${name} in a name`,
  request: create(utf8(JSON.stringify({ name: text }))),
  expect: { status: 201, data: { name: text.normalize("NFC") } },
}));

/** Bytes and characters that are not what they seem. */
export const ENCODINGS: HttpTheme = {
  name: "encodings",
  rows: [...badBytes, ...wrongCharsets, ...otherEncodings, ...inPaths],
  contactRows: [...inQueries, ...names],
};

function utf16(text: string, order: "little" | "big"): string {
  return [...text].map((letter) => order === "little" ? `${letter}\0` : `\0${letter}`).join("");
}
