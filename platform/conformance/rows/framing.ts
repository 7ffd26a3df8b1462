import { cells, type Row, type Theme } from "../row.ts";
import { rawRows } from "./raw_rows.ts";

const HOST = "HTTP/1.1¶Host: {host}¶";
const POST = `POST {list} ${HOST}Content-Type: application/json¶`;
const CLOSE = "Connection: close¶¶";
const CHUNKED = "Transfer-Encoding: chunked¶";
/** A request that must get no response: it is inside, or behind, a malformed one. */
const SMUGGLED = `DELETE /smuggled ${HOST}X-Smuggled: {marker}¶¶`;
/** The same in exactly 34 bytes. */
const INSIDE = "DELETE /x HTTP/1.1¶X-Xx: abcd¶¶";
const NEXT = `GET {nowhere} ${HOST}${CLOSE}`;

/** Lengths of a body that are malformed or contradict each other. No response may come to what follows. */
const LENGTHS = cells(
  `Content-Length: -1¶ ¦ Content-Length: +19¶ ¦ Content-Length: 0x13¶ ¦ Content-Length: 19.0¶
  Content-Length: 1e1¶ ¦ Content-Length: {marker}¶ ¦ Content-Length: ¶ ¦ Content-Length: 99999999999999999999999¶
  Content-Length: 19 19¶ ¦ Content-Length: 0¶Content-Length: 19¶ ¦ Content-Length: 0, 19¶ ¦ Content-Length : 19¶
  Transfer-Encoding: chunked¶Content-Length: 4¶ ¦ Content-Length: 4¶Transfer-Encoding: chunked¶
  Transfer-Encoding: {marker}¶ ¦ Transfer-Encoding: identity¶ ¦ Transfer-Encoding: gzip¶ ¦ Transfer-Encoding : chunked¶
  Transfer-Encoding: chunked, gzip¶ ¦ Transfer-Encoding: chunked, chunked¶ ¦ ${CHUNKED}${CHUNKED}
  ${CHUNKED}Transfer-Encoding: identity¶ ¦ Transfer-Encoding: \x0bchunked¶ ¦ Transfer-Encoding: "chunked"¶
  Transfer-Encoding: xchunked¶ ¦ Content-Length:¶ 19¶`,
);

/** Chunks whose size is malformed, negative, beyond 64 bits or wrong, or whose lines end otherwise. */
const CHUNKS = [
  ...cells(
    "zz¶{}¶0¶¶ ¦ -2¶{}¶0¶¶ ¦ 0x2¶{}¶0¶¶ ¦ ¶{}¶0¶¶ ¦ fffffffffffffffff¶{}¶0¶¶ ¦ 1¶{}¶0¶¶ ¦ 2\r2¶{}¶0¶¶",
  ),
  "2\n{}\n0\n\n",
];

const REFUSED: Pick<Row, "client" | "expect"> = { client: "ends", expect: { status: 400, by: "platform" } };

function raw(text: string): string {
  return cells(text)[0] ?? "";
}

// Malformed bytes behind a request may end the connection with a 400 before its response is written.
// Of a body that is not read, what has not come with the head may cost the connection: where the first read ends
// (Deno's is of 512 bytes), and so how long the other fields are, decides.
const OTHERS = rawRows(`
  200/400      | platform | GET {open} HTTP/1.1¶${CLOSE}
  400          | platform | GET {open} ${HOST}Host: {marker}.example¶${CLOSE}
  200          | - | GET {open} HTTP/1.0¶Host: {host}¶¶
  200/400/401  | - | GET {open} HTTP/1.0¶¶
  400          | platform | ${POST.replace("1.1", "1.0")}${CHUNKED}¶{hexlength}¶{sample}¶0¶¶
  400          | platform,ends,http2 | PRI * HTTP/2.0¶¶SM¶¶\0\0\0\x04\0\0\0\0\0
  200/400      | platform | ¶GET {open} ${HOST}${CLOSE}
  400          | platform,ends | GET {open} ${HOST}X-Open: {marker}
  400          | platform,ends |
  400          | platform,ends | ${POST}Content-Length: 100¶${CLOSE}{sample}
  200/201/202/400 then 400 | platform,ends | ${POST}Content-Length: {length}¶¶{sample}{marker}
  200/201/202/400 | platform | ${POST}Content-Length: {length}¶Content-Length: {length}¶${CLOSE}{sample}
  200 then 404 | platform | GET {open} ${HOST}Content-Length: 34¶¶${INSIDE}${NEXT}
  200 then 404 | platform | GET {open} ${HOST}${CHUNKED}¶22¶${INSIDE}¶0¶¶${NEXT}
  404 then 404 | platform | POST {nowhere} ${HOST}Content-Length: 34¶¶${INSIDE}${NEXT}
  2xx then 404 | - | ${POST}${CHUNKED}Trailer: Content-Type¶¶{hexlength}¶{sample}¶0¶Content-Type: text/html¶X-T: {marker}¶¶${NEXT}
  200/201/202/400 | platform | ${POST}${CHUNKED}${CLOSE}{hexlength};a=b;{marker}¶{sample}¶0;x¶¶
  200/201/202/400 | platform | ${POST}${CHUNKED}${CLOSE}{hexlength};${"a".repeat(100_000)}¶{sample}¶0¶¶
  2xx          | continues | ${POST}Expect: 100-continue¶Content-Length: {length}¶${CLOSE}{sample}
  404          | continues,leaves | POST {nowhere} ${HOST}Expect: 100-continue¶Content-Length: {length}¶${CLOSE}
  200/201/202/417 | - | ${POST}Expect: {marker}¶Content-Length: {length}¶${CLOSE}{sample}
  200          | - | GET {open} ${HOST}Connection: close, Upgrade, HTTP2-Settings¶Upgrade: h2c¶HTTP2-Settings: AAMAAABkAAQAAP__¶¶
  200          | leaves | GET {get} ${HOST}Connection: Upgrade¶Upgrade: websocket¶Sec-WebSocket-Version: 13¶Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==¶¶
  404${" then 404".repeat(49)} | - | ${`GET {nowhere} ${HOST}¶`.repeat(49)}${NEXT}
`);

/** Requests whose bytes do not define where they end, or define it twice. */
export const FRAMING: Theme = {
  name: "framing",
  section: "RFC 9112, section 6.3",
  rows: [
    ...LENGTHS.map((lines): Row => ({
      name: lines,
      request: raw(`${POST}${lines}¶0¶¶${SMUGGLED}`),
      ...REFUSED,
    })),
    ...CHUNKS.map((chunks): Row => ({
      name: chunks,
      request: raw(`${POST}${CHUNKED}Connection: close¶¶`) + chunks,
      ...REFUSED,
    })),
    ...OTHERS,
    {
      name: "bare line feeds",
      request: "GET {open} HTTP/1.1\nHost: {host}\nConnection: close\n\n",
      expect: { status: [200, 400, 401], by: "platform" },
    },
    {
      name: "small pieces",
      request: raw(`GET {open} ${HOST}${CLOSE}`).split(/(?<=\n)|(?<=: )/),
      expect: { status: 200 },
    },
  ],
};

/** Bodies whose end does not come: a program of Archway with a short READ_TIMEOUT does not wait for long. */
export const TIMEOUTS: Theme = {
  name: "timeouts",
  section: "RFC 9110, section 15.5.9",
  rows: rawRows(`
    408 | leaves | ${POST}Content-Length: 100¶${CLOSE}{sample}
    408 | leaves | ${POST}${CHUNKED}${CLOSE}5¶{"nam¶
  `),
};
