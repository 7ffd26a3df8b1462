import { cells, type Row, type Theme } from "../row.ts";
import type { Operation } from "./api_document.ts";
import type { Derivation } from "./derivation.ts";

const CREDENTIALS: readonly string[] = [
  ...["", "Bearer ", `Bearer ${"a".repeat(10_000)}`],
  ...cells(
    `Bearer ¦ Bearer {marker} ¦ bearer {marker}.{marker}.{marker} ¦ Bearer a b ¦ Bearer \xff\xfe ¦ Basic ¦ ,,,
    Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9. ¦ Basic {marker} ¦ Basic Og== ¦ Basic YWRtaW46YWRtaW4= ¦ {marker}
    Bearer eyJhbGciOiJIUzI1NiIsImtpZCI6Ii4uLy4uL2Rldi9udWxsIn0.e30.AAAA ¦ Digest username="{marker}"
    Negotiate {marker} ¦ AWS4-HMAC-SHA256 Credential={marker}`,
  ),
];

/** Operations that declare security, without credentials and with bad ones. */
export function securityRows(derivation: Derivation): Theme {
  const { hasCredentials } = derivation;
  const bad = (operation: Operation, value: string): Row =>
    // Without a token of its own the caller cannot know whether the service requires one.
    derivation.row(
      operation,
      { isAnonymous: true, fields: [["Authorization", value]] },
      hasCredentials ? [400, 401] : "any",
    );
  const rows = derivation.api.operations.filter(({ isSecured }) => isSecured).flatMap((operation) => [
    ...hasCredentials
      ? [
        derivation.row(operation, { isAnonymous: true }, {
          status: 401,
          headers: { "WWW-Authenticate": /./ },
        }),
      ]
      : [],
    ...derivation.share("credentials", CREDENTIALS).map((value) => bad(operation, value)),
  ]);
  return { name: "security", section: "RFC 9110, section 15.5.2", rows };
}
