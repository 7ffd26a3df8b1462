import { assertEquals, assertRejects } from "@std/assert";
import { GenerationError } from "../diagnostics/diagnostics.ts";
import { bundleDocument } from "./bundle_document.ts";
import { memoryFolder } from "./sources/memory_folder.ts";

const COMMON = `openapi: 3.1.0
x-operation-defaults:
  every-operation: { responses: { '500': Broken } }
  writes: { headers: { Token: Token } }
components:
  headers: { Token: { schema: { type: string } } }
  responses:
    Broken: { description: Broken }
    NotFound: { description: Not there }
  schemas:
    Problem: { type: object, properties: { meta: { $ref: '#/components/schemas/Meta' } } }
    Meta: { type: object }
    Circle: { $ref: 'circle.yaml#/components/schemas/Circle' }
`;
const CIRCLE = "components: { schemas: { Circle: { $ref: 'common.yaml#/components/schemas/Circle' } } }";

/** Document from its fourth line on, and its diagnostics. */
interface Case {
  readonly name: string;
  readonly text: string;
  readonly common?: string;
  readonly says: readonly string[];
}

const at = (ref: string): string => `components: { schemas: { A: { items: { $ref: '${ref}' } } } }`;
const PLACE = "oapi/t.yaml:4#/components/schemas/A/items/$ref: ";
const DEFAULTS = "x-operation-defaults: { $ref: 'common.yaml#/x-operation-defaults' }\n";
const defaults = (rules: string): string =>
  `openapi: 3.1.0\nx-operation-defaults:\n  ${rules}\ncomponents: {}\n`;

const CASES: readonly Case[] = [
  {
    name: "a misspelt component",
    text: at("common.yaml#/components/schemas/Problen"),
    says: [
      `${PLACE}The reference has no target in oapi/common.yaml; ` +
      "did you mean common.yaml#/components/schemas/Problem?",
    ],
  },
  {
    name: "a misspelt group of components",
    text: at("common.yaml#/components/schema/Problem"),
    says: [
      `${PLACE}The reference has no target in oapi/common.yaml; ` +
      "did you mean common.yaml#/components/schemas/Problem?",
    ],
  },
  {
    name: "a component that is not there",
    text: at("common.yaml#/components/schemas/Elephant"),
    says: [`${PLACE}The reference has no target in oapi/common.yaml; correct it or add its target`],
  },
  {
    name: "a reference that lacks the file",
    text: `${at("#/components/schemas/Problem")}\n${DEFAULTS}`,
    says: [
      `${PLACE}The reference has no target in this document; ` +
      "did you mean common.yaml#/components/schemas/Problem?",
    ],
  },
  {
    name: "a misspelt component of its own",
    text: "components: { schemas: { Thing: {}, A: { items: { $ref: '#/components/schemas/Things' } } } }",
    says: [
      `${PLACE}The reference has no target in this document; did you mean #/components/schemas/Thing?`,
    ],
  },
  {
    name: "a misspelt parameter of an operation with defaults, once",
    text:
      `${DEFAULTS}paths:\n  /a:\n    get:\n      parameters:\n        - $ref: common.yaml#/components/parameters/P\n` +
      "      responses: { '204': { description: Done } }\n",
    common:
      "x-operation-defaults: {}\ncomponents: { parameters: { Q: { name: q, in: query, schema: {} } } }\n",
    says: [
      "oapi/t.yaml:9#/paths/~1a/get/parameters/0/$ref: The reference has no target in oapi/common.yaml; " +
      "did you mean common.yaml#/components/parameters/Q?",
    ],
  },
  {
    name: "a misspelt file",
    text: at("comon.yaml#/components/schemas/Problem"),
    says: [`${PLACE}There is no file comon.yaml in the document's folder; did you mean common.yaml?`],
  },
  {
    name: "a file that is not there",
    text: at("elephants.yaml#/a"),
    says: [
      `${PLACE}There is no file elephants.yaml in the document's folder; correct the path, or add the file`,
    ],
  },
  ...Object.entries({
    "../../x.yaml#/a": "The file ../../x.yaml is outside of the project; move it into the project's folder",
    "/common.yaml#/a": "The path is absolute; write it relative to this file",
    "https://example.com/a.yaml":
      "References to URLs are not followed, so that the same files always generate the same code; " +
      "save the target beside the document and refer to that file",
  }).map(([ref, message]) => ({
    name: `a file elsewhere, ${ref}`,
    text: at(ref),
    says: [`${PLACE}${message}`],
  })),
  {
    name: "more than a description beside the reference of a listed response",
    text:
      "components: { responses: { B: { $ref: 'common.yaml#/components/responses/Broken', headers: {} } } }",
    says: [
      "oapi/t.yaml:4#/components/responses/B/headers: Only description and summary are allowed beside this $ref; " +
      "write the whole component, or rename it",
    ],
  },
  {
    name: "files that refer to each other in a circle",
    text: at("common.yaml#/components/schemas/Circle"),
    says: [
      "oapi/common.yaml:13#/components/schemas/Circle: The reference is circular; give its target a value",
    ],
  },
  {
    name: "diagnostics of a common file in its own lines",
    text: at("common.yaml#/components/schemas/A"),
    common: "components:\n  schemas:\n    A: {\n",
    says: [
      "oapi/common.yaml:4:1: The brackets before are not closed, or their lines are not indented",
    ],
  },
  {
    name: "a dangling reference of a common file, used or not",
    text: DEFAULTS,
    common: "x-operation-defaults: {}\ncomponents:\n  schemas:\n    A: { $ref: '#/components/schemas/B' }\n",
    says: [
      "oapi/common.yaml:4#/components/schemas/A/$ref: The reference has no target in this document; " +
      "did you mean #/components/schemas/A?",
    ],
  },
  {
    name: "an unknown condition",
    text: DEFAULTS,
    common: defaults("write: {}"),
    says: ["oapi/common.yaml:3#/x-operation-defaults/write: Unknown condition; did you mean writes?"],
  },
  {
    name: "an unknown field of a condition",
    text: DEFAULTS,
    common: defaults("reads: { response: {} }"),
    says: ["oapi/common.yaml:3#/x-operation-defaults/reads/response: Unknown field; did you mean responses?"],
  },
  {
    name: "a default that is no component",
    text: `${DEFAULTS}components: { responses: { Broken: { description: B } } }\n`,
    common: defaults("reads: { responses: { '500': Brocken, '501': 5 }, headers: { ETag: ETag } }"),
    says: [
      "oapi/common.yaml:3#/x-operation-defaults/reads/headers/ETag: There is no components/headers/ETag; add it",
      "oapi/common.yaml:3#/x-operation-defaults/reads/responses/500: " +
      "There is no components/responses/Brocken; did you mean Broken?",
      "oapi/common.yaml:3#/x-operation-defaults/reads/responses/501: Expected the name of one of components/responses",
    ],
  },
  {
    name: "a default for a range of statuses",
    text: `${DEFAULTS}components: { responses: { Broken: { description: B } } }\n`,
    common: defaults("reads: { responses: { 5XX: Broken } }"),
    says: [
      'oapi/common.yaml:3#/x-operation-defaults/reads/responses/5XX: A status is written as text, such as "404"',
    ],
  },
  {
    name: "an exception that excepts nothing",
    text: `${DEFAULTS}paths:\n  /a:\n    get:\n      x-operation-defaults: { except: ["404"] }\n` +
      "      responses: { '204': { description: Done } }\n",
    says: [
      "oapi/t.yaml:8#/paths/~1a/get/x-operation-defaults/except/0: " +
      "The defaults add nothing with this name to the operation; correct or remove it",
    ],
  },
  {
    name: "exceptions of another form",
    text: `${DEFAULTS}paths:\n  /a:\n    get:\n      x-operation-defaults: true\n` +
      "      responses: { '204': { description: Done } }\n",
    says: [
      "oapi/t.yaml:8#/paths/~1a/get/x-operation-defaults: " +
      'Expected false, or an object such as { except: ["404", Consistency-Token] }',
    ],
  },
  {
    name: "a component for success that lacks a header of the defaults",
    text:
      `${DEFAULTS}paths:\n  /a:\n    put:\n      responses: { '204': { $ref: '#/components/responses/Done' } }\n` +
      "components: { responses: { Done: { description: Done } } }\n",
    says: [
      "oapi/t.yaml:8#/paths/~1a/put/responses/204: The referenced response lacks headers " +
      "that x-operation-defaults adds: Token; add them to the component, or exclude them here",
    ],
  },
];

for (const { name, text, common = COMMON, says } of CASES) {
  Deno.test(`bundleDocument() rejects ${name}`, async () => {
    const folder = memoryFolder({ "common.yaml": common, "circle.yaml": CIRCLE });
    const document = `openapi: 3.1.0\ninfo: { title: T, version: '1' }\n\n${text}`;
    const error = await assertRejects(
      () => bundleDocument(document, { file: "oapi/t.yaml", folder }),
      GenerationError,
    );
    assertEquals(error.message.split("\n").sort(), [...says].sort());
  });
}
