import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { GraphQLError, type GraphQLSchema, Kind, type OperationDefinitionNode, parse } from "graphql";
import { contactModule } from "@archway/tools/support/contact_service/module.ts";
import { costlyDocuments } from "@archway/tools/support/costly_documents.ts";
import { buildSchema } from "../schema/build_schema.ts";
import { enforceLimits } from "./enforce_limits.ts";
import { measureDocument } from "./measure_document.ts";

const LIMITS = {
  ...{ maxTokens: 2_000, maxDepth: 10, maxAliases: 30, maxSpreads: 60, maxDirectives: 50, maxCost: 5_000 },
};

function contactSchema(): GraphQLSchema {
  const { graphql } = contactModule;
  assert(graphql !== undefined);
  return buildSchema([graphql], {
    problemOf: () => {
      throw new Error("not executed");
    },
  });
}

const schema = contactSchema();

function operationOf(text: string): readonly [ReturnType<typeof parse>, OperationDefinitionNode] {
  const document = parse(text, { maxLexicalTokens: LIMITS.maxTokens });
  const operation = document.definitions.find((one) => one.kind === Kind.OPERATION_DEFINITION);
  assert(operation !== undefined);
  return [document, operation];
}

function costOf(text: string, variables: Readonly<Record<string, unknown>> = {}): number {
  return measureDocument(...operationOf(text), { schema, variables }).cost;
}

Deno.test("enforceLimits() refuses costly documents before they are validated", () => {
  const requests = costlyDocuments({ list: "contacts", type: "Contact" });
  assertEquals(requests.length, 100);
  const reasons = requests.filter(({ name }) => !name.startsWith("large values")).map(({ query }) =>
    assertThrows(() => {
      const [document, operation] = operationOf(query);
      enforceLimits(document, operation, { schema, limits: LIMITS, variables: {} });
    }, GraphQLError).message
  );
  const kinds = [
    /deep/,
    /aliases/,
    /cost/,
    /directives/,
    /contains itself/,
    /more than 2000 tokens/,
    /spreads/,
  ];
  for (const reason of reasons) assert(kinds.some((kind) => kind.test(reason)), reason);
});

Deno.test("measureDocument() looks at each selection once, however often its fragment is spread", () => {
  const fragments = Array.from(
    { length: 60 },
    (_, index) => `fragment F${index} on Contact { a: id ...F${index + 1} ...F${index + 1} }`,
  );
  const text = `{ contacts { nodes { ...F0 } } } ${fragments.join(" ")} fragment F60 on Contact { id }`;
  const { visited, aliases, spreads } = measureDocument(...operationOf(text), { schema, variables: {} });
  assertEquals([visited, spreads], [3 + 60 * 3 + 1, 121]);
  assertEquals(aliases, 2 ** 60 - 1);
});

Deno.test("measureDocument() counts the objects of full pages, and other values as a tenth", () => {
  assertEquals(costOf("{ contacts(first: 10) { nodes { id } } }"), 1 + 10 * 1.1);
  assertEquals(costOf("{ contacts { edges { node { id } } } }"), 1 + 20 * 2.1);
  assertEquals(costOf("query ($n: Int) { contacts(first: $n) { nodes { id } } }", { n: 5 }), 1 + 5 * 1.1);
  assertEquals(costOf("query ($n: Int = 3) { contacts(first: $n) { nodes { id } } }"), 1 + 200 * 1.1);
  assertEquals(costOf("{ contacts(first: -1) { nodes { id } } }"), 1 + 200 * 1.1);
  const inFragment = "{ contacts(first: 4) { ...Page } } fragment Page on ContactConnection { nodes { id } }";
  assertEquals(costOf(inFragment), 1 + 4 * 1.1);
});

Deno.test("enforceLimits() names the limit", () => {
  const [document, operation] = operationOf("{ contacts { nodes { id } } }");
  const limits = { ...LIMITS, maxCost: 10 };
  const { message } = assertThrows(
    () => enforceLimits(document, operation, { schema, limits, variables: {} }),
    GraphQLError,
  );
  assertMatch(message, /cost of 23; the limit is 10/);
});
