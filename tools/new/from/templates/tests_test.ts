import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { readDocument } from "../document_files.ts";
import { planService } from "../plan_service.ts";
import { resourceTestText } from "./tests.ts";

/** Slots, whose link only responses have, and whose change returns the id alone. */
const SLOTS = `openapi: 3.0.3
info: { title: Slots, version: "1" }
security: []
paths:
  /slots:
    post:
      operationId: addSlot
      requestBody: { content: { application/json: { schema: { $ref: "#/components/schemas/NewSlot" } } } }
      responses: { "201": { $ref: "#/components/responses/Slot" } }
  /slots/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: string, format: uuid } }]
    get:
      operationId: getSlot
      responses: { "200": { $ref: "#/components/responses/Slot" } }
    patch:
      operationId: changeSlot
      requestBody: { content: { application/json: { schema: { $ref: "#/components/schemas/NewSlot" } } } }
      responses:
        "200":
          description: The id
          content:
            application/json:
              schema: { type: object, required: [id], properties: { id: { type: string, format: uuid } } }
components:
  responses:
    Slot:
      description: A slot
      content: { application/json: { schema: { $ref: "#/components/schemas/Slot" } } }
  schemas:
    NewSlot: { type: object, required: [kind], properties: { kind: { type: string, enum: [day, night] } } }
    Slot:
      type: object
      required: [id, kind, link]
      properties:
        id: { type: string, format: uuid, readOnly: true }
        kind: { type: string, enum: [day, night] }
        link: { type: string, format: uri, readOnly: true }
`;

const NAMING = {
  ...{ name: "slots", folder: "slots_service", api: "slots", pascal: "Slots", camel: "slots" },
};

Deno.test("resourceTestText() expects of each response what it returns", async () => {
  const folder = await Deno.makeTempDir({ prefix: "archway_plan_" });
  try {
    const path = join(folder, "slots.yaml");
    await Deno.writeTextFile(path, SLOTS);
    const { operations, references } = await readDocument(path);
    const { collections: [slots] } = planService(operations, {
      ...{ references, isOwned: false, prefix: "own", isTaken: () => false },
    });
    if (slots === undefined) throw new Error("no collection");
    const { members } = slots.create.response.representation ?? { members: [] };
    // In OpenAPI 3.0, a required read-only property is required of responses alone.
    assertEquals(members.map(({ property, source }) => [property, source.kind]), [
      ...[["id", "key"], ["kind", "column"], ["link", "constant"]],
    ]);
    const text = resourceTestText(NAMING, slots);
    assertStringIncludes(text, "const { status } = await exchange(server, `PATCH /slots/");
    assertStringIncludes(text, "assertEquals(pick(read.json, names), pick(changed, names));");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
