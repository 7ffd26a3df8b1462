import { type Row, shorten, type Statuses, type Theme, utf8, words } from "../row.ts";
import type { Operation } from "./api_document.ts";
import type { Derivation } from "./derivation.ts";
import { mediaTypeOf } from "./subjects.ts";

const MIB = 1_048_576;

const OTHER_TYPES = [
  ...words(`{marker} application application/ /json */* application/* text/json text/plain application/xml
    application/x-www-form-urlencoded application/jsonp application/json5 application/x-json application/hal+json
    application/merge-patch+json application/json-patch+json application/json-seq`),
  ...[
    "",
    "multipart/form-data; boundary={marker}",
    "application/json, text/plain",
    "application/json application/json",
  ],
];

/** Parameters of the media type that make it another one, or none. */
const OTHER_PARAMETERS = [
  ...["charset", "=utf-8", "charset=utf-8x", 'charset="utf-8', "charset=utf-8; charset=utf-8"],
  ...words("iso-8859-1 utf-16 utf-16le utf-32 utf-7 us-ascii x-unknown").map((name) => `charset="${name}"`),
  'charset=""',
];

const SAME_TYPE = [
  ...[
    "application/json;charset=utf-8",
    "application/json; CHARSET=Utf-8",
    "application/json;;;",
    "APPLICATION/JSON",
  ],
  ...["application/json; version=1; x={marker}", `application/json;${" ".repeat(3_000)}x=y`],
  'Application/JSON ; Charset="UTF-8"',
];

const CODINGS = ["gzip", "br", "deflate", "zstd", "identity, gzip", "gzip, gzip, gzip", "{marker}", "x-gzip"];

const UNACCEPTABLE = [
  "text/html",
  "application/vnd.{marker}.v2+json",
  "application/json;q=0",
  "*/*;q=0",
  "application/json;q=0, */*;q=1",
];

/** Media types that an operation does not take or have, content codings, and bodies that are too long. */
export function mediaRows(derivation: Derivation): Theme {
  const rows = derivation.api.operations.flatMap((operation) => [
    ...ofRequest(derivation, operation),
    ...ofResponse(derivation, operation),
  ]);
  return { name: "media types", section: "RFC 9110, section 15.5.16", rows };
}

function ofRequest(derivation: Derivation, operation: Operation): readonly Row[] {
  const { method, path, bodies } = operation;
  const mediaType = mediaTypeOf(operation);
  const sample = derivation.subjects.bodyOf(operation);
  if (mediaType === undefined || sample === undefined) return [];
  const title = (text: string): string => `${method} ${path} ${shorten(text)}`;
  const accept = method === "PATCH" ? "Accept-Patch" : "Accept-Post";
  const headers = method === "PUT" ? {} : { [accept]: new RegExp(mediaType.replaceAll("+", "\\+")) };
  const others = OTHER_TYPES.filter((type) => !bodies.has(type));
  const refused = (type: string, isHouseRule: boolean): Row => ({
    name: title(`Content-Type: ${type}`),
    ...derivation.request(operation, { fields: [["Content-Type", type]] }),
    expect: { status: 415, ...isHouseRule && { headers }, operation },
    isHouseRule,
  });
  const without: Row = {
    name: title("without Content-Type"),
    ...derivation.request(operation, { without: "Content-Type" }),
    expect: { status: 415, operation },
    isHouseRule: true,
  };
  const success: Statuses = derivation.suite.isExact === true ? derivation.success(operation) : "any";
  const same = (type: string): Row => ({
    name: title(`Content-Type: ${type}`),
    ...derivation.request(operation, { fields: [["Content-Type", type]] }),
    expect: { status: success, echoes: true, operation },
    isHouseRule: true,
  });
  const coded = (coding: string): Row => ({
    name: title(`Content-Encoding: ${coding}`),
    ...derivation.request(operation, { fields: [["Content-Encoding", coding]] }),
    expect: { status: 415, headers: { "Accept-Encoding": /^identity$/ }, operation },
    isHouseRule: true,
  });
  const long = (name: string, body: string, status: Statuses): Row => ({
    name: title(name),
    ...derivation.request(operation, { body }),
    client: "leaves",
    expect: {
      status,
      section: "RFC 9110, section 15.5.14",
      ...status === 413 && { headers: { Connection: /close/i } },
    },
    isHouseRule: true,
  });
  const bytes = utf8(sample);
  const isFixed = !/[{][a-z]+[}]/i.test(sample);
  return [
    ...derivation.share("types", others).map((type) => refused(type, false)),
    ...derivation.share("charsets", OTHER_PARAMETERS).map((text) => refused(`${mediaType}; ${text}`, true)),
    without,
    ...method === "POST" ? derivation.share("same types", SAME_TYPE).map(same) : [],
    ...derivation.share("codings", CODINGS).map(coded),
    ...derivation.share("long", [
      long("a body of more than 1 MiB", bytes + " ".repeat(MIB), 413),
      ...isFixed
        ? [
          long("a body of a byte more than 1 MiB", bytes.padEnd(MIB + 1), 413),
          long("a body of 1 MiB", bytes.padEnd(MIB), success),
        ]
        : [],
      long("a byte order mark in front", `\xef\xbb\xbf${bytes}`, success),
    ]),
  ];
}

function ofResponse(derivation: Derivation, operation: Operation): readonly Row[] {
  const { method, path } = operation;
  return derivation.share("accept", UNACCEPTABLE).map((accept): Row => ({
    name: `${method} ${path} Accept: ${accept}`,
    ...derivation.request(operation, { fields: [["Accept", accept]] }),
    expect: {
      status: operation.responses.has("406") ? 406 : "any",
      section: "RFC 9110, section 15.5.7",
      operation,
    },
    isHouseRule: accept.includes("q=0"),
  }));
}
