import type { Operation, SecurityScheme } from "@archway/server/operation.ts";
import type { RequestParts } from "./sample_request.ts";

/** The only token, user name, password and key that are accepted. */
export const SECRET = "corpus";

/** Returns a request with the credentials of the first alternative that needs any, in place of all others. */
export function withCredentials(parts: RequestParts, { security }: Operation): RequestParts {
  let found = withoutCredentials(parts, { security });
  for (const scheme of security.find((schemes) => schemes.length > 0) ?? []) found = add(found, scheme);
  return found;
}

/** Returns a request without credentials, even those that the document also lists as parameters. */
export function withoutCredentials(
  { query, headers, cookies, ...parts }: RequestParts,
  { security }: Pick<Operation, "security">,
): RequestParts {
  const keys = security.flat().filter((scheme) => scheme.kind === "apiKey");
  const isKey = (place: "header" | "query" | "cookie", name: string): boolean =>
    keys.some((key) => key.in === place && key.name.toLowerCase() === name.toLowerCase());
  return {
    ...parts,
    query: new Map([...query].filter(([name]) => !isKey("query", name))),
    headers: new Map([...headers].filter(([name]) => !isKey("header", name))),
    cookies: new Map([...cookies].filter(([name]) => !isKey("cookie", name))),
  };
}

function add(parts: RequestParts, scheme: SecurityScheme): RequestParts {
  const { query, headers, cookies } = parts;
  const header = (name: string, value: string): RequestParts => ({
    ...parts,
    headers: new Map([...headers, [name, value]]),
  });
  if (scheme.kind === "bearer") return header("Authorization", `Bearer ${SECRET}`);
  if (scheme.kind === "basic") return header("Authorization", `Basic ${btoa(`${SECRET}:${SECRET}`)}`);
  if (scheme.kind !== "apiKey") return parts;
  const { name } = scheme;
  const pair = [`${encodeURIComponent(name)}=${SECRET}`];
  switch (scheme.in) {
    case "header":
      return header(name, SECRET);
    case "query":
      return { ...parts, query: new Map([...query, [name, pair]]) };
    case "cookie":
      return { ...parts, cookies: new Map([...cookies, [name, [`${name}=${SECRET}`]]]) };
  }
}
