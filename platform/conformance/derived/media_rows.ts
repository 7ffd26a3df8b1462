import { cells, type Field, type Row, type Theme, utf8, words } from "../row.ts";
import type { Operation } from "./api_document.ts";
import type { Derivation } from "./derivation.ts";
import { mediaTypeOf } from "./subjects.ts";

const MIB = 1_048_576;

const OTHER_TYPES = [
  "",
  ...cells(
    `{marker} ¦ application ¦ application/ ¦ /json ¦ */* ¦ application/* ¦ text/json ¦ text/plain ¦ application/xml
    application/x-www-form-urlencoded ¦ application/jsonp ¦ application/json5 ¦ application/x-json ¦ application/hal+json
    application/merge-patch+json ¦ application/json-patch+json ¦ application/json-seq ¦ application/json, text/plain
    application/json application/json ¦ multipart/form-data; boundary={marker}`,
  ),
];

/** Parameters that make a media type another one, or none. */
const OTHER_PARAMETERS = cells(
  `charset ¦ =utf-8 ¦ charset=utf-8x ¦ charset="utf-8 ¦ charset=utf-8; charset=utf-8 ¦ charset=""
  ${
    words("iso-8859-1 utf-16 utf-16le utf-32 utf-7 us-ascii x-unknown").map((name) => `charset="${name}"`)
      .join(" ¦ ")
  }`,
);

const SAME_TYPE = [
  ...cells(
    `application/json;charset=utf-8 ¦ application/json; CHARSET=Utf-8 ¦ application/json;;; ¦ APPLICATION/JSON
    application/json; version=1; x={marker} ¦ Application/JSON ; Charset="UTF-8"`,
  ),
  `application/json;${" ".repeat(3_000)}x=y`,
];

const CODINGS = cells("gzip ¦ br ¦ deflate ¦ zstd ¦ identity, gzip ¦ gzip, gzip, gzip ¦ {marker} ¦ x-gzip");

const UNACCEPTABLE = cells(
  "text/html ¦ application/vnd.{marker}.v2+json ¦ application/json;q=0 ¦ */*;q=0 ¦ application/json;q=0, */*;q=1",
);

/** Media types that an operation does not take or have, content codings, and bodies that are too long. */
export function mediaRows(derivation: Derivation): Theme {
  const rows = derivation.api.operations.flatMap((operation) => [
    ...ofRequest(derivation, operation),
    ...derivation.share("accept", UNACCEPTABLE).map((accept) => {
      const status = operation.responses.has("406") ? 406 : "any";
      const expect = { status, section: "RFC 9110, section 15.5.7" } as const;
      return derivation.row(operation, { fields: [["Accept", accept]] }, expect, accept.includes("q=0"));
    }),
  ]);
  return { name: "media types", section: "RFC 9110, section 15.5.16", rows };
}

function ofRequest(derivation: Derivation, operation: Operation): readonly Row[] {
  const { method, bodies } = operation;
  const mediaType = mediaTypeOf(operation);
  const sample = derivation.subjects.bodyOf(operation);
  if (mediaType === undefined || sample === undefined) return [];
  const send = (field: Field, expect: Row["expect"], isHouseRule = true): Row =>
    derivation.row(operation, { fields: [field] }, expect, isHouseRule);
  const accept = method === "PATCH" ? "Accept-Patch" : "Accept-Post";
  const headers = method === "PUT" ? {} : { [accept]: new RegExp(mediaType.replaceAll("+", "\\+")) };
  const valid = { status: derivation.allowed(operation), echoes: true };
  const long = (body: string, expect: Row["expect"]): Row => ({
    ...derivation.row(operation, { body }, expect, true),
    expect: { operation, ...expect, section: "RFC 9110, section 15.5.14" },
    client: "leaves",
  });
  const bytes = utf8(sample);
  const tooLong = { status: 413, headers: { Connection: /close/i } };
  const maxBytes = operation.maxBodyBytes ?? MIB;
  const hasFixedLength = !/\{[a-z]+\}/i.test(sample);
  return [
    ...derivation.share("types", OTHER_TYPES.filter((type) => !bodies.has(type)))
      .map((type) => send(["Content-Type", type], { status: 415 }, false)),
    ...derivation.share("charsets", OTHER_PARAMETERS)
      .map((text) => send(["Content-Type", `${mediaType}; ${text}`], { status: 415, headers })),
    derivation.row(operation, { without: "Content-Type" }, 415, true),
    ...method === "POST"
      ? derivation.share("same types", SAME_TYPE).map((type) => send(["Content-Type", type], valid))
      : [],
    ...derivation.share("codings", CODINGS)
      .map((coding) =>
        send(["Content-Encoding", coding], { status: 415, headers: { "Accept-Encoding": /^identity$/ } })
      ),
    ...derivation.share("long", [
      long(bytes + " ".repeat(maxBytes), tooLong),
      ...hasFixedLength
        ? [long(bytes.padEnd(maxBytes + 1), tooLong), long(bytes.padEnd(maxBytes), valid)]
        : [],
      long(`\xef\xbb\xbf${bytes}`, valid),
    ]),
  ];
}
