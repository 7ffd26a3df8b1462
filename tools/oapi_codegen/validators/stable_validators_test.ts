import { assertEquals } from "@std/assert";
import { generateFiles } from "../generate_files.ts";

const OPERATIONS = [
  `  /nodes/{id}:
    get:
      operationId: getNode
      parameters: [{ name: id, in: path, required: true, schema: { type: string, pattern: '^[a-z]+$' } }]
      responses: { '200': { description: It, content: { application/json: { schema: { type: array, items: { $ref: '#/components/schemas/Weighted' } } } } } }
`,
  `  /edges:
    post:
      operationId: addEdge
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Edge' } } } }
      responses: { '200': { description: It, content: { application/json: { schema: { $ref: '#/components/schemas/Edge' } } } } }
`,
  `  /paths:
    post:
      operationId: addPath
      parameters: [{ name: after, in: query, schema: { type: string, format: date-time } }]
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Path' } } } }
      responses: { '200': { description: It, content: { application/json: { schema: { $ref: '#/components/schemas/Node' } } } } }
`,
];
const COMPONENTS = `components:
  schemas:
    Path:
      type: object
      properties:
        edges: { type: array, items: { $ref: '#/components/schemas/Edge' } }
        color: { type: string, pattern: '^#[0-9a-f]{6}$', default: '#000000' }
        note: { type: string, minLength: 1 }
      unevaluatedProperties: false
    Node:
      type: object
      properties:
        edges: { type: array, uniqueItems: true, items: { $ref: '#/components/schemas/Edge' } }
        mail: { type: string, format: email }
    Edge:
      type: object
      allOf: [{ $ref: '#/components/schemas/Weighted' }]
      properties:
        to: { $ref: '#/components/schemas/Node' }
        weight: { type: number, default: 1 }
      unevaluatedProperties: false
    Weighted: { type: object, properties: { weight: { enum: [1, 2, { sum: 3 }] }, next: { $ref: '#/components/schemas/Edge' } } }
`;

async function linesOf(operations: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const text = `openapi: 3.1.0\ninfo: { title: T, version: '1' }\nsecurity: [{ token: [] }]\npaths:\n${
    operations.join("")
  }${COMPONENTS}  securitySchemes: { token: { type: http, scheme: bearer } }\n`;
  const { files } = await generateFiles(text, { file: "graph.yaml" });
  return new Map([...files].map(([name, content]) => [name, content.split("\n")]));
}

Deno.test("generateFiles() only adds lines for an operation more, wherever it stands", async () => {
  const all = await linesOf(OPERATIONS);
  for (const index of OPERATIONS.keys()) {
    const before = await linesOf(OPERATIONS.toSpliced(index, 1));
    for (const name of ["server.gen.ts", "validators.gen.js", "validators.gen.d.ts"]) {
      const kept = before.get(name) ?? [];
      let found = 0;
      for (const line of all.get(name) ?? []) if (line === kept[found]) found++;
      assertEquals(kept.slice(found, found + 3), [], `${name} without operation ${index}`);
    }
  }
});
