import {
  type Field,
  type FramedRequest,
  get,
  JSON_FIELD,
  type Row,
  type Statuses,
  type Theme,
} from "../row.ts";

const CHUNKED: Field = ["Transfer-Encoding", "chunked"];

function create(body: string, ...fields: readonly Field[]): FramedRequest {
  return { line: "POST {list}", fields: [JSON_FIELD, ...fields], body };
}

function fields(count: number, name = (index: number): string => `X-${index}`): readonly Field[] {
  return Array.from({ length: count }, (_, index) => [name(index), "{marker}"] as const);
}

const SIZES: readonly (readonly [name: string, request: FramedRequest, status: Statuses])[] = [
  ["a target of 8,192 bytes", get(`/v1/${"a".repeat(8_188)}`), 404],
  ["a target of 8,193 bytes", get(`/v1/${"a".repeat(8_189)}`), 414],
  ["a query of 20,000 bytes", get(`{list}?name=${"a".repeat(20_000)}`), 414],
  ["a path of 5,000 slashes", get("/".repeat(5_000)), 404],
  ["a path of 2,000 dots and slashes", get("/..".repeat(2_000)), [400, 404]],
  ["a target of 100,000 bytes", get(`/${"a".repeat(100_000)}`), [400, 414, 431]],
  ["a field of 12,000 bytes", get("{open}", ["X-Long", "a".repeat(12_000)]), 200],
  ["a field of 17,000 bytes", get("{open}", ["X-Long", "a".repeat(17_000)]), 431],
  ["a field of 200,000 bytes", get("{open}", ["X-Long", "a".repeat(200_000)]), [400, 431]],
  ["a field's name of 17,000 bytes", get("{open}", ["x".repeat(17_000), "a"]), 431],
  ["80 fields", get("{open}", ...fields(80)), 200],
  ["300 fields", get("{open}", ...fields(300)), [200, 400, 431]],
  ["5,000 fields", get("{open}", ...fields(5_000)), [400, 431]],
  ["one field 500 times", get("{open}", ...fields(500, () => "X-Same")), [200, 400, 431]],
];

const MANY_CHUNKS = create(`${"1\r\n \r\n".repeat(5_000)}{hexlength}\r\n{sample}\r\n0\r\n\r\n`, CHUNKED);

/** Sizes at and beyond the limits that docs/http.md has as defaults. */
export const SIZE_ROWS: Theme = {
  name: "sizes",
  section: "RFC 6585, section 5",
  rows: [
    ...SIZES.map(([name, request, status]): Row => ({
      name,
      request,
      expect: { status, by: "platform" },
      isHouseRule: true,
    })),
    { name: "5,000 chunks of one byte", request: MANY_CHUNKS, expect: { status: "2xx" } },
  ],
};

/** Sizes that a program of Archway refuses before it has read everything. */
export const ENDLESS_ROWS: Theme = {
  name: "endless bodies",
  section: "RFC 9110, section 15.5.14",
  rows: [
    create('{"name":', ["Content-Length", "10737418240"]),
    { ...get("{get}", ["Content-Length", "10737418240"]), body: "x" },
    create(`${`8000\r\n${"a".repeat(32_768)}\r\n`.repeat(33)}0\r\n\r\n`, CHUNKED),
  ].map((request): Row => ({ name: request.line, request, client: "leaves", expect: { status: 413 } })),
};
