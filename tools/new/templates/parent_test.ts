import { assertEquals, assertStringIncludes } from "@std/assert";
import { parseFields } from "../field.ts";
import { serviceNames, spellingsOf } from "../names.ts";
import type { NewService } from "../new_service.ts";
import { serviceFiles } from "../service_files.ts";

const SERVICE: NewService = {
  ...{ names: serviceNames("zebras"), fields: parseFields(["name:text", "herdId:uuid"]), isOwned: true },
  version: "1",
};
const PARENT = {
  ...{ names: spellingsOf("herd"), one: "a herd", folder: "herds_service", module: "herdsModule" },
  ...{ view: "published_herds", path: "/v1/herds", body: { size: 1 }, scopes: ["herds:write"] },
};

Deno.test("serviceFiles() checks the resource that others belong to, through a port on its view", () => {
  const files = serviceFiles({ ...SERVICE, parent: PARENT });
  const text = (path: string): string => files.get(`zebras_service/${path}`) ?? "";
  assertStringIncludes(text("persistence/herd_directory.ts"), "select from published_herds where id = $1");
  assertStringIncludes(text("ports.ts"), "readonly herdDirectory: HerdDirectory;");
  assertStringIncludes(text("app.ts"), 'new DomainError("unknown-herd"');
  assertStringIncludes(text("domain/zebra.ts"), "export function keepHerd(");
  assertStringIncludes(text("module.ts"), 'requires: ["herds_service"],');
  assertStringIncludes(text("service_test.ts"), "FIRST.herdId = SECOND.herdId = await createHerd(server);");
  const without = [...serviceFiles(SERVICE)];
  assertEquals(
    without.some(([path, content]) => path.includes("herd_") || content.includes("keepHerd")),
    false,
  );
});
