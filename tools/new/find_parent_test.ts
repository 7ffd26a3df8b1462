import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { findParent, parentProperty } from "./find_parent.ts";
import { NewError } from "./usage_error.ts";

const DOCUMENT = `openapi: 3.1.0
info: { title: Yaks, version: "1" }
paths:
  /yaks:
    post:
      security: [{ token: [yaks:write] }]
      requestBody:
        content:
          application/json:
            schema: { type: object, required: [age], properties: { age: { type: integer, minimum: 3 } } }
      responses:
        "201": { description: A yak }
`;

Deno.test("findParent() finds resources by the view that their service publishes", async () => {
  const root = await Deno.makeTempDir({ prefix: "archway_parent_" });
  try {
    const write = async (path: string, text: string): Promise<void> => {
      await Deno.mkdir(join(root, path, ".."), { recursive: true });
      await Deno.writeTextFile(join(root, path), text);
    };
    await write(
      "yaks_service/module.ts",
      'import { routes } from "@archway/api/yaksapi/server.gen.ts";\nexport const yaksModule = defineService({});\n',
    );
    await write("yaks_service/migrations/1_create_yaks.sql", "create table yaks (id uuid);\n");
    await write("oapi/cfg.server.yaks.yaml", "spec: yaks.yaml\noutput: ../api/yaksapi\n");
    await write("oapi/yaks.yaml", DOCUMENT);
    await assertRejects(() => findParent(root, "gnus"), NewError, 'No service "gnus"; expected one of: yaks');
    await assertRejects(
      () => findParent(root, "yaks"),
      NewError,
      "create view published_yaks as select id, owner, deleted_at from yaks;",
    );
    await write(
      "yaks_service/migrations/2_publish_yaks.sql",
      "-- published: yaks\ncreate view published_yaks as select id, owner, deleted_at from yaks;\n",
    );
    const parent = await findParent(root, "yaks");
    assertEquals([parent.one, parent.module, parent.path, parent.scopes, parentProperty(parent)], [
      ...["a yak", "yaksModule", "/yaks"],
      ["yaks:write"],
      "yakId",
    ]);
    assertEquals(parent.body, { age: 3 });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
