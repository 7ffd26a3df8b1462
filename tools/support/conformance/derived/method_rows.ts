import { JSON_FIELD, type Row, type Theme } from "../row.ts";
import type { Operation } from "./api_document.ts";
import type { Derivation } from "./derivation.ts";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "QUERY"];
/** Methods that a service does not have to recognize. */
const RARE = ["TRACE", "QUERY"];

/** Methods that a path declares, and those that it does not. */
export function methodRows(derivation: Derivation): Theme {
  const paths = Map.groupBy(derivation.api.operations, ({ path }) => path);
  const rows = [...paths].flatMap(([path, operations]) => rowsOf(path, { operations, derivation }));
  return { name: "methods", section: "RFC 9110, section 15.5.6", rows };
}

function rowsOf(
  path: string,
  { operations, derivation }: { readonly operations: readonly Operation[]; readonly derivation: Derivation },
): readonly Row[] {
  const declared = operations.map(({ method }) => method);
  const isServed = [...declared, "OPTIONS", ...declared.includes("GET") ? ["HEAD"] : []];
  const needs = path.includes("}") || derivation.suite.given !== undefined;
  const given = needs ? derivation.subjects.given(path) : undefined;
  const undeclared = METHODS.filter((method) => !declared.includes(method)).map((method): Row => ({
    name: `${method} ${path}`,
    given,
    request: { line: `${method} ${path}` },
    expect: { status: 405, headers: { Allow: allow(declared, method) } },
    isHouseRule: RARE.includes(method),
  }));
  const options: Row = {
    name: `OPTIONS ${path}`,
    given,
    request: { line: `OPTIONS ${path}` },
    expect: {
      status: 204,
      section: "RFC 9110, section 9.3.7",
      headers: { Allow: allow(isServed), ...accepted(operations) },
    },
    isHouseRule: true,
  };
  return [
    ...undeclared,
    options,
    ...operations.filter(({ method }) => method === "GET").flatMap((operation) =>
      ofRead(operation, derivation)
    ),
  ];
}

function ofRead(operation: Operation, derivation: Derivation): readonly Row[] {
  const { given, request } = derivation.request(operation);
  const head = request.line.replace("GET", "HEAD");
  const bodies = ["GET", "HEAD", "OPTIONS", "TRACE"].map((method): Row => ({
    name: `${method} ${operation.path} with a body`,
    given,
    request: {
      line: request.line.replace("GET", method),
      fields: [...request.fields ?? [], JSON_FIELD],
      body: '{"name":"{marker}"}',
    },
    expect: {
      status: derivation.subjects.isUnknown(operation.path) ? "any" : [200, 204, 405],
      section: "RFC 9110, section 9.3.1",
    },
    isHouseRule: true,
  }));
  const expect = { status: derivation.success(operation), section: "RFC 9110, section 9.3.2", operation };
  return [
    { name: head, given, request: { ...request, line: head }, expect },
    ...derivation.share("bodies of reads", bodies),
  ];
}

/** The value of `Allow`, which lists some methods and not another. */
function allow(methods: readonly string[], not = "CONNECT"): RegExp {
  return new RegExp(`^(?!.*\\b${not}\\b)${methods.map((method) => `(?=.*\\b${method}\\b)`).join("")}`);
}

function accepted(operations: readonly Operation[]): Record<string, RegExp> {
  return Object.fromEntries(
    operations.filter(({ method, bodies }) => /POST|PATCH/.test(method) && bodies.size > 0).map((
      { method, bodies },
    ) => [
      method === "POST" ? "Accept-Post" : "Accept-Patch",
      new RegExp([...bodies.keys()].map((type) => `(?=.*${type.replaceAll("+", "\\+")})`).join("")),
    ]),
  );
}
