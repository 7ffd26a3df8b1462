import { type Row, shorten, type Theme } from "../row.ts";
import type { Operation } from "./api_document.ts";
import type { Derivation } from "./derivation.ts";

const CREDENTIALS: readonly string[] = [
  ...[
    "",
    "Bearer",
    "Bearer ",
    "Bearer {marker}",
    "bearer {marker}.{marker}.{marker}",
    "Bearer a b",
    "Bearer \xff\xfe",
  ],
  ...["Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.", `Bearer ${"a".repeat(10_000)}`],
  "Bearer eyJhbGciOiJIUzI1NiIsImtpZCI6Ii4uLy4uL2Rldi9udWxsIn0.e30.AAAA",
  ...["Basic", "Basic {marker}", "Basic Og==", "Basic YWRtaW46YWRtaW4=", 'Digest username="{marker}"'],
  ...["Negotiate {marker}", "AWS4-HMAC-SHA256 Credential={marker}", "{marker}", ",,,"],
];

/** Operations that declare security, without credentials and with bad ones. */
export function securityRows(derivation: Derivation): Theme {
  const rows = derivation.api.operations.filter(({ isSecured }) => isSecured).flatMap((operation) => [
    ...derivation.hasCredentials ? [rowOf(derivation, operation)] : [],
    ...derivation.share("credentials", CREDENTIALS).map((value) => rowOf(derivation, operation, value)),
  ]);
  return { name: "security", section: "RFC 9110, section 15.5.2", rows };
}

function rowOf(derivation: Derivation, operation: Operation, value?: string): Row {
  const { given, request } = derivation.request(
    operation,
    value === undefined ? {} : { fields: [["Authorization", value]] },
  );
  const isRequired = derivation.hasCredentials;
  return {
    name: `${operation.method} ${operation.path} ${
      value === undefined ? "without credentials" : `Authorization: ${shorten(value)}`
    }`,
    given,
    request: { ...request, isAnonymous: true },
    // Without a token of its own the caller cannot know whether the service requires one.
    expect: isRequired
      ? {
        status: value === undefined ? 401 : [400, 401],
        ...value === undefined && { headers: { "WWW-Authenticate": /./ } },
      }
      : { status: "any", operation },
  };
}
