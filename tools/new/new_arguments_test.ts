import { assertEquals, assertThrows } from "@std/assert";
import { parseNewArguments } from "./new_arguments.ts";
import { NewError } from "./usage_error.ts";

Deno.test("parseNewArguments() returns services and fields, and nothing if the help is asked for", () => {
  const service = parseNewArguments([
    "service",
    "zebras",
    "--field",
    "name:text",
    "--owner",
    "nothing",
    "--dry-run",
  ]);
  assertEquals(
    service?.kind === "service" &&
      [service.names.path, service.fields.length, service.isOwned, service.isDryRun],
    ["/v1/zebras", 1, false, true],
  );
  const field = parseNewArguments(["field", "sheep", "age:integer?", "--singular", "lamb"]);
  assertEquals(field?.kind === "field" && [field.service, field.singular, field.field.name.camel], [
    ...["sheep", "lamb", "age"],
  ]);
  const document = parseNewArguments("service train-travel --from a.yaml --prefix /".split(" "));
  assertEquals(document?.kind === "document-service" && [document.name, document.from, document.prefix], [
    ...["train-travel", "a.yaml", ""],
  ]);
  assertEquals(parseNewArguments(["--help"]), undefined);
});

Deno.test("parseNewArguments() reports what is missing or unexpected, with the correct form", () => {
  const invalid: readonly (readonly [string, string])[] = [
    [
      "",
      "Expected one of deno task new service, deno task new field, deno task new operation, deno task new event; found nothing",
    ],
    ["events zebras", 'found "events"'],
    ["service", "The name of the service is missing"],
    ["service zebras", "at least one field"],
    ["service zebras name:text", 'Unexpected argument "name:text"; a field is --field'],
    ["service zebras --field name:text --owner Ada", "expected one of: principal, nothing, or the name"],
    ["service zebras --from a.yaml --owner profiles", "expected one of: principal, nothing"],
    ["service zebras --table z", "--help lists the options"],
    ["service zebras --from a.yaml --field name:text", "--from takes no --field"],
    ["service Zebras --from a.yaml", "Invalid name"],
    ["service zebras --from a.yaml --prefix v1", "expected a path such as /v1"],
    ["service zebras --field name:text --prefix /v1", "add --from <document>"],
    ["field zebras", "Expected one field"],
    ["field zebras name:text", "must be optional"],
    ["field zebras price:money?", "by hand only"],
    ["field zebras --field name:text?", "deno task new field takes no --field"],
    ["operation zebras", "The operation is missing"],
    ["operation zebras POST", "expected '<METHOD> <path>'"],
    ["operation zebras GET /zebras --body a:text", "GET takes no --body"],
    ["operation zebras POST /zebras --scope A", "such as orders:cancel"],
    ["operation zebras POST /zebras --response none --response a:text", "stands alone"],
    ["operation zebras POST /zebras --parameter a:uuid", "is not in the path"],
    ["operation zebras POST /zebras/{a} --parameter a:uuid?", "cannot be optional"],
    ["event zebras", "Expected one event"],
    ["event zebras Born", "expected <resource>.<past participle>"],
    ["event zebras webhook.test", "those of the platform"],
    ["event zebras born --field a --field a", "--field a is there twice"],
    ["event zebras born --field A", "Invalid field"],
    ["operation zebras POST /zebras --owner nothing", "takes no --owner"],
  ];
  for (const [line, message] of invalid) {
    assertThrows(() => parseNewArguments(line.split(" ").filter((one) => one !== "")), NewError, message);
  }
});
