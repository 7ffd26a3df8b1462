import { assertRejects } from "@std/assert";
import { join } from "node:path";
import { parseFields } from "./field.ts";
import { NewError } from "./usage_error.ts";
import { writeField } from "./write_field.ts";

const FILES = {
  "oapi/cfg.server.gnus.yaml": "spec: gnus/gnus.yaml\noutput: ../api/gnusapi\n",
  "oapi/cfg.server.yak.yaml": "spec: yaks.yaml\noutput: ../api/yakapi\n",
  "gnus_service/module.ts":
    'import { routes } from "@archway/api/gnusapi/server.gen.ts";\nexport const gnusModule = defineService({});\n',
  "yak_service/module.ts":
    'import { routes } from "@archway/api/yakapi/server.gen.ts";\nexport const yakModule = defineService({});\n',
  "yak_service/app.ts": 'new ConditionalWriter({ resource: "yak", ...dependencies })\n',
};

Deno.test("writeField() says which services it adds no fields to, and where the steps are", async () => {
  const root = await Deno.makeTempDir({ prefix: "archway_field_" });
  try {
    for (const [path, text] of Object.entries(FILES)) {
      await Deno.mkdir(join(root, path, ".."), { recursive: true });
      await Deno.writeTextFile(join(root, path), text);
    }
    const [field] = parseFields(["note:text?"]);
    if (field === undefined) throw new Error("no field");
    const refused: Readonly<Record<string, string>> = {
      nope: 'No service "nope"; expected one of: gnus, yak',
      gnus:
        "gnus_service serves oapi/gnus/gnus.yaml, a document of others, in which deno task new adds no fields",
      yaks: "yak_service has another form than the services of deno task new service",
    };
    for (const [service, message] of Object.entries(refused)) {
      await assertRejects(
        () => writeField(root, { kind: "field", service, field, isDryRun: true }),
        NewError,
        message,
      );
    }
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
