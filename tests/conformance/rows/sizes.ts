import type { HttpTheme } from "../http_theme.ts";
import { create, get } from "../requests.ts";
import { type Row, utf8 } from "@archway/tools/support/conformance/row.ts";

const MIB = 1_048_576;

const NAME_100 = "😀".repeat(100);

/** Texts at and beyond their longest, and a body that ends where it may. */
const contactRows: readonly Row[] = [
  {
    name: "a name of 100 characters that take 400 bytes",
    request: create(utf8(JSON.stringify({ name: NAME_100 }))),
    expect: { status: 201, data: { name: NAME_100 } },
  },
  {
    name: "a name of 100 characters, all escaped as pairs",
    request: create(`{"name":"${"\\ud83d\\ude00".repeat(100)}"}`),
    expect: { status: 201, data: { name: NAME_100 } },
  },
  {
    name: "a name of 100 characters between 100,000 blanks",
    request: create(`{"name":"${" ".repeat(50_000)}${"a".repeat(100)}${" ".repeat(50_000)}"}`),
    expect: { status: 201, data: { name: "a".repeat(100) } },
  },
  {
    name: "a name of 101 characters",
    request: create(`{"name":"${"a".repeat(101)}"}`),
    expect: { status: 422, fault: "/name" },
  },
  {
    name: "a name of 101 emoji",
    request: create(utf8(JSON.stringify({ name: `${NAME_100}😀` }))),
    expect: { status: 422, fault: "/name" },
  },
  {
    name: "a name that is longer in normalization form C",
    request: create(utf8(JSON.stringify({ name: "\u{1d160}".repeat(100) }))),
    expect: { status: 422, fault: "/name" },
  },
  {
    name: "a name of a million characters",
    request: create(`{"name":"${"a".repeat(1_000_000)}"}`),
    expect: { status: 422, fault: "/name" },
  },
  {
    name: "a name of a million blanks",
    request: create(`{"name":"${" ".repeat(1_000_000)}"}`),
    expect: { status: 422, fault: "/name" },
  },
  {
    name: "a name of blanks and letters by turns",
    request: create(`{"name":"${"a ".repeat(400_000)}"}`),
    expect: { status: 422, fault: "/name" },
  },
  {
    name: "an e-mail address of 254 characters",
    request: create(`{"name":"Ada","email":"${longAddress(254)}"}`),
    // Somebody else may be running the same row.
    expect: { status: [201, 409] },
  },
  {
    name: "an e-mail address of 255 characters",
    request: create(`{"name":"Ada","email":"${longAddress(255)}"}`),
    expect: { status: 422, fault: "/email" },
  },
  {
    name: "an e-mail address of a million characters",
    request: create(`{"name":"Ada","email":"${"a.".repeat(500_000)}@example.com"}`),
    expect: { status: 422, fault: "/email" },
  },
  {
    name: "an e-mail address of 200,000 at signs",
    request: create(`{"name":"Ada","email":"${"@".repeat(200_000)}"}`),
    expect: { status: 422, fault: "/email" },
  },
  {
    name: "a body of exactly 1 MiB",
    request: create(`{"name":"Ada"${" ".repeat(MIB - 14)}}`),
    expect: { status: 201 },
  },
  {
    name: "a body of a byte more than 1 MiB",
    request: create(`{"name":"Ada"${" ".repeat(MIB - 13)}}`),
    client: "leaves",
    expect: { status: 413, headers: { Connection: /close/i } },
  },
];

/** Sizes at and beyond the limits, as docs/http.md has them by default. */
const rows: readonly Row[] = [
  {
    name: "a body of more than 1 MiB",
    request: create(`{sample}${" ".repeat(MIB)}`),
    client: "leaves",
    expect: { status: 413, headers: { Connection: /close/i } },
  },
  {
    name: "a Content-Length of 10 GiB",
    request: create('{"name":', ["Content-Length", "10737418240"]),
    client: "leaves",
    expect: { status: 413 },
  },
  {
    name: "a Content-Length of 10 GiB where no body belongs",
    request: { ...get("{list}?limit=1", ["Content-Length", "10737418240"]), body: "x" },
    client: "leaves",
    expect: { status: 413 },
  },
  {
    name: "chunks of more than 1 MiB in all",
    request: create(`${`8000\r\n${"a".repeat(32_768)}\r\n`.repeat(33)}0\r\n\r\n`, [
      "Transfer-Encoding",
      "chunked",
    ]),
    client: "leaves",
    expect: { status: 413 },
  },
  {
    name: "5,000 chunks of one byte",
    request: create(`${"1\r\n \r\n".repeat(5_000)}{hexlength}\r\n{sample}\r\n0\r\n\r\n`, [
      "Transfer-Encoding",
      "chunked",
    ]),
    expect: { status: 201, data: "sample" },
  },
  { name: "a target of 8,192 bytes", request: get(`/v1/${"a".repeat(8_188)}`), expect: { status: 404 } },
  { name: "a target of 8,193 bytes", request: get(`/v1/${"a".repeat(8_189)}`), expect: { status: 414 } },
  {
    name: "a query of 20,000 bytes",
    request: get(`{list}?name=${"a".repeat(20_000)}`),
    expect: { status: 414 },
  },
  { name: "a path of 5,000 slashes", request: get("/".repeat(5_000)), expect: { status: 404 } },
  {
    name: "a path of 2,000 dots and slashes",
    request: get("/..".repeat(2_000)),
    expect: { status: [400, 404] },
  },
  {
    name: "a target of 100,000 bytes",
    request: get(`/${"a".repeat(100_000)}`),
    expect: { status: [400, 414, 431], by: "platform" },
  },
  {
    name: "a field of 12,000 bytes",
    request: get("/livez", ["X-Long", "a".repeat(12_000)]),
    expect: { status: 200 },
  },
  {
    name: "a field of 17,000 bytes",
    request: get("/livez", ["X-Long", "a".repeat(17_000)]),
    expect: { status: 431 },
  },
  {
    name: "a field of 200,000 bytes",
    request: get("/livez", ["X-Long", "a".repeat(200_000)]),
    expect: { status: [400, 431], by: "platform" },
  },
  {
    name: "a field's name of 17,000 bytes",
    request: get("/livez", ["x".repeat(17_000), "a"]),
    expect: { status: 431, by: "platform" },
  },
  { name: "80 fields", request: get("/livez", ...fields(80)), expect: { status: 200 } },
  {
    name: "300 fields",
    request: get("/livez", ...fields(300)),
    expect: { status: [200, 400, 431], by: "platform" },
  },
  {
    name: "5,000 fields",
    request: get("/livez", ...fields(5_000)),
    expect: { status: [400, 431], by: "platform" },
  },
  {
    name: "one field 500 times",
    request: get("/livez", ...Array.from({ length: 500 }, () => ["X-Same", "{marker}"] as const)),
    expect: { status: [200, 400, 431], by: "platform" },
  },
];

/** What is as large as it may be, and larger. */
export const SIZES: HttpTheme = { name: "sizes", rows, contactRows };

/** An address of exactly this many characters whose labels are not too long for a domain. */
function longAddress(length: number): string {
  const domain = `${"b".repeat(60)}.${"c".repeat(60)}.${"d".repeat(60)}`;
  return `${"e".repeat(length - domain.length - 1)}@${domain}`;
}

function fields(count: number): readonly (readonly [string, string])[] {
  return Array.from({ length: count }, (_, index) => [`X-${index}`, "{marker}"] as const);
}
