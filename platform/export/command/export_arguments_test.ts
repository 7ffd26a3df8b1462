import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "@archway/service_kit/command.ts";
import { parseExportArguments } from "./export_arguments.ts";

const KNOWN = ["orders", "items"];

Deno.test("parseExportArguments() returns data sets once, and the target", () => {
  const cases: Readonly<Record<string, unknown>> = {
    "list": { action: "list", json: false },
    "list --json": { action: "list", json: true },
    "orders --to out": { action: "export", dataSets: ["orders"], to: "out", full: false, json: false },
    "items orders items --full --to=s3://b/p": {
      action: "export",
      ...{ dataSets: ["items", "orders"], to: "s3://b/p", full: true, json: false },
    },
    "items --to out --json": { action: "export", dataSets: ["items"], to: "out", full: false, json: true },
    "all --to out": { action: "export", dataSets: KNOWN, to: "out", full: false, json: false },
  };
  for (const [line, expected] of Object.entries(cases)) {
    assertEquals<unknown>(parseExportArguments(line.split(" "), KNOWN), expected, line);
  }
});

Deno.test("parseExportArguments() refuses arguments that it cannot use", () => {
  const cases: Readonly<Record<string, string>> = {
    "": "expected data sets, of: all, orders, items",
    "orders": "--to is required, such as --to exports or --to s3://bucket/exports",
    "orders --to": "--to is required, such as --to exports or --to s3://bucket/exports",
    "refunds --to out": 'no data set "refunds"; expected some of: all, orders, items',
    "orders all --to out": 'no data set "all"; expected some of: all, orders, items',
    "orders --into out": "unknown option: export accepts --to, --full, --json",
    "list --to out": "list accepts --json",
  };
  for (const [line, message] of Object.entries(cases)) {
    const args = line.split(" ").filter((word) => word !== "");
    assertEquals(assertThrows(() => parseExportArguments(args, KNOWN), UsageError).message, message, line);
  }
});
