import { JSON_FIELD, type Row, type Statuses, type Theme } from "../row.ts";
import type { Operation } from "./api_document.ts";
import type { Derivation } from "./derivation.ts";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "QUERY"];
/** Methods that a service does not have to recognize. */
const RARE = ["TRACE", "QUERY"];

/** Methods that a path declares, and those that it does not. */
export function methodRows(derivation: Derivation): Theme {
  const paths = Map.groupBy(derivation.api.operations, ({ path }) => path);
  const rows = [...paths].flatMap(([path, operations]) => [
    ...ofPath(path, { operations, derivation }),
    ...operations.filter(({ method }) => method === "GET").flatMap((operation) =>
      ofRead(operation, derivation)
    ),
  ]);
  return { name: "methods", section: "RFC 9110, section 15.5.6", rows };
}

interface PathOptions {
  readonly operations: readonly Operation[];
  readonly derivation: Derivation;
}

function ofPath(path: string, { operations, derivation }: PathOptions): readonly Row[] {
  const declared = operations.map(({ method }) => method);
  const row = (method: string, expect: Row["expect"], isHouseRule: boolean): Row => {
    const line = `${method} ${path}`;
    return { name: line, given: derivation.subjects.given(path), request: { line }, expect, isHouseRule };
  };
  const all = [...declared, "OPTIONS", ...declared.includes("GET") ? ["HEAD"] : []];
  const headers = { Allow: allow(all, "CONNECT"), ...accepted(operations) };
  return [
    ...METHODS.filter((method) => !declared.includes(method)).map((method) =>
      row(method, { status: 405, headers: { Allow: allow(declared, method) } }, RARE.includes(method))
    ),
    row("OPTIONS", { status: 204, section: "RFC 9110, section 9.3.7", headers }, true),
  ];
}

function ofRead(operation: Operation, derivation: Derivation): readonly Row[] {
  const success = derivation.success(operation);
  const status: Statuses = success === "any" ? success : [200, 204, 405];
  const section = "RFC 9110, section 9.3";
  const bodies = ["GET", "HEAD", "OPTIONS", "TRACE"].map((method) =>
    derivation.row(operation, { method, fields: [JSON_FIELD], body: '{"name":"{marker}"}' }, {
      status,
      section,
    }, true)
  );
  const head = derivation.row(operation, { method: "HEAD" }, { status: success, section, operation });
  return [head, ...derivation.share("bodies of reads", bodies)];
}

/** The value of `Allow`, which lists some methods and not another. */
function allow(methods: readonly string[], not: string): RegExp {
  return new RegExp(`^(?!.*\\b${not}\\b)${methods.map((method) => `(?=.*\\b${method}\\b)`).join("")}`);
}

function accepted(operations: readonly Operation[]): Record<string, RegExp> {
  const entries = operations.filter(({ method, bodies }) => /^P(?:OST|ATCH)$/.test(method) && bodies.size > 0)
    .map(({ method, bodies }) => {
      const types = [...bodies.keys()].map((type) => `(?=.*${type.replaceAll("+", "\\+")})`);
      return [method === "POST" ? "Accept-Post" : "Accept-Patch", new RegExp(types.join(""))];
    });
  return Object.fromEntries(entries);
}
