import { assert, assertEquals } from "@std/assert";
import {
  execute,
  type ExecutionResult,
  GraphQLEnumType,
  GraphQLError,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  GraphQLInterfaceType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLSchema,
  GraphQLString,
  parse,
  validate,
  validateExecutionArgs,
} from "graphql";
import { seededRandom } from "@archway/conformance/seeded_random.ts";
import { executePlan } from "./execute_plan.ts";
import { QueryPlans } from "./query_plans.ts";

const later = <T>(value: T): Promise<T> => Promise.resolve().then(() => value);
const fails = (message: string): never => {
  throw new RangeError(message);
};

/** Fields of every kind: nullable and not, now and later, with and without errors. */
const THING: GraphQLObjectType = new GraphQLObjectType({
  name: "Thing",
  interfaces: () => [NAMED],
  fields: () => ({
    id: { type: new GraphQLNonNull(GraphQLID) },
    name: { type: GraphQLString },
    size: { type: GraphQLFloat },
    color: { type: COLOR },
    wrongColor: { type: COLOR, resolve: () => "blue" },
    wrongInt: { type: GraphQLInt, resolve: () => "many" },
    computed: { type: GraphQLString },
    missing: { type: GraphQLString },
    never: { type: new GraphQLNonNull(GraphQLString), resolve: () => null },
    neverLater: { type: new GraphQLNonNull(GraphQLString), resolve: () => later(null) },
    fail: { type: GraphQLString, resolve: () => fails("now") },
    failLater: { type: GraphQLString, resolve: () => later(1).then(() => fails("later")) },
    returned: { type: GraphQLString, resolve: () => new GraphQLError("returned") },
    thrown: { type: GraphQLString, resolve: () => Promise.reject("text") },
    mustNot: { type: new GraphQLNonNull(GraphQLString), resolve: () => fails("must not") },
    tags: { type: new GraphQLList(new GraphQLNonNull(GraphQLString)) },
    holes: { type: new GraphQLList(new GraphQLNonNull(GraphQLInt)), resolve: () => [1, null, 3] },
    noList: { type: new GraphQLList(GraphQLInt), resolve: () => 7 },
    mixed: {
      type: new GraphQLList(GraphQLInt),
      resolve: () => [1, later(2), later(3).then(() => fails("item")), null],
    },
    one: { type: THING, resolve: () => thing(1) },
    oneLater: { type: THING, resolve: () => later(thing(2)) },
    must: { type: new GraphQLNonNull(THING), resolve: () => later(thing(3)) },
    none: { type: THING, resolve: () => later(null) },
    many: {
      type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(THING))),
      args: { first: { type: GraphQLInt, defaultValue: 2 } },
      resolve: (_, { first }) => later([1, 2, 3, 4].slice(0, first).map(thing)),
    },
    some: {
      type: new GraphQLList(THING),
      resolve: () => [thing(1), null, later(thing(2))],
    },
    echo: {
      type: GraphQLString,
      args: { text: { type: new GraphQLNonNull(GraphQLString) }, times: { type: GraphQLInt } },
      resolve: (_, { text, times }, context, { path, fieldName, parentType }) =>
        JSON.stringify([text, times, context, path.key, fieldName, parentType.name]),
    },
    other: { type: NAMED, resolve: () => thing(5) },
  }),
});
const COLOR = new GraphQLEnumType({ name: "Color", values: { RED: { value: "red" } } });
const NAMED = new GraphQLInterfaceType({
  name: "Named",
  fields: { name: { type: GraphQLString } },
  resolveType: () => "Thing",
});

function thing(id: number): object {
  return {
    ...{ id, name: `Thing ${id}`, size: id / 2, color: "red", tags: ["a", "b"] },
    computed: (args: object, context: object) => JSON.stringify([args, context]),
  };
}

const SCHEMA = new GraphQLSchema({ query: THING });

interface Request {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly operationName?: string;
  /** Whether several errors make one value null. @default false */
  readonly races?: true;
}

/** Executes a request by its plan, and by the reference implementation. */
async function both(
  { query, variables = {}, operationName }: Request,
): Promise<readonly [ExecutionResult | undefined, ExecutionResult]> {
  const document = parse(query);
  assertEquals(validate(SCHEMA, document), [], query);
  const options = {
    ...{ schema: SCHEMA, document, variableValues: variables, contextValue: { by: "test" } },
    ...{ rootValue: thing(0), operationName: operationName ?? null },
  };
  const reference = await execute(options);
  const args = validateExecutionArgs(options);
  if (!("schema" in args)) return [{ errors: args }, reference];
  const plan = new QueryPlans(document, SCHEMA).planOf(args);
  return [plan && await executePlan(plan, args), reference];
}

/** Returns a result as JSON. The order of errors depends on when promises settle. */
function comparable({ data, errors = [] }: ExecutionResult): unknown {
  const texts = errors.map((error) => JSON.stringify([error, error.originalError?.message]));
  return { text: JSON.stringify(data), errors: texts.toSorted() };
}

/**
 * Returns the data, and the places that errors have made null, with the errors of those that are places of errors
 * themselves. Which errors inside a value that became null are reported depends on when promises settle.
 */
function nulledPlaces({ data, errors = [] }: ExecutionResult): unknown {
  const places = errors.map(({ path = [], message }) => {
    let value: unknown = data;
    const steps = path.findIndex((step) => {
      if (value === null) return true;
      value = typeof value === "object" ? Reflect.get(Object(value), step) : undefined;
      return false;
    });
    return steps === -1 ? `${path.join(".")}: ${message}` : path.slice(0, steps).join(".");
  });
  return { text: JSON.stringify(data), places: [...new Set(places)].toSorted() };
}

const REQUESTS: readonly Request[] = [
  { query: "{ id name size color computed missing tags __typename }" },
  { query: "{ a: id b: id id name one { name } one { id one { id } } }" },
  { query: "query A { id } query B { name }", operationName: "B" },
  {
    query:
      "{ ...A ...A one { ...A ... on Thing { size } ... { color } } } fragment A on Thing { id ...B } fragment B on Thing { name }",
  },
  { query: "{ one { ... on Named { name } } }" },
  { query: "{ many { id many(first: 3) { id } } many { name } }" },
  { query: "query ($n: Int) { many(first: $n) { id } }", variables: { n: 3 } },
  { query: "query ($n: Int) { many(first: $n) { id } }" },
  { query: "query ($t: String!, $n: Int = 4) { x: echo(text: $t, times: $n) }", variables: { t: "a" } },
  { query: 'query ($t: String = "d") { echo(text: $t) }', variables: { t: null } },
  {
    query:
      "query ($yes: Boolean!) { id @include(if: $yes) name @skip(if: $yes) one @skip(if: $yes) { id } one { name } }",
    variables: { yes: true },
  },
  {
    query:
      "query ($yes: Boolean!) { id @include(if: $yes) name @skip(if: $yes) one @skip(if: $yes) { id } one { name } }",
    variables: { yes: false },
  },
  {
    query:
      "{ id @include(if: false) name @skip(if: false) ... @include(if: true) { size } ...A @skip(if: true) } fragment A on Thing { color }",
  },
  { query: "{ wrongColor wrongInt fail failLater returned thrown id }" },
  { query: "{ one { never id } oneLater { neverLater id } name }" },
  { query: "{ one { must { never } id } must { id } }" },
  { query: "{ must { mustNot } id }" },
  { query: "{ never id }" },
  { query: "{ neverLater id }" },
  { query: "{ holes noList mixed some { id never } none { id } }" },
  { query: "{ some { id neverLater failLater one { failLater } } }", races: true },
  { query: "{ many { id must { id fail many(first: 1) { id failLater } } } }" },
  { query: "{ oneLater { mustNot failLater one { failLater } } id }" },
];

Deno.test("executePlan() returns the results of the reference implementation", async () => {
  for (const request of REQUESTS) {
    const [result, reference] = await both(request);
    assert(result !== undefined, `${request.query} has no plan`);
    assertEquals(nulledPlaces(result), nulledPlaces(reference), request.query);
    if (request.races) continue;
    assertEquals(comparable(result), comparable(reference), request.query);
  }
});

Deno.test("QueryPlans.planOf() leaves introspection, abstract types and many conditions to the reference", async () => {
  const many = ["a", "b", "c", "d"];
  for (
    const request of [
      { query: "{ __schema { queryType { name } } }" },
      { query: '{ __type(name: "Thing") { name } }' },
      { query: "{ other { name } }" },
      { query: "{ __proto__: id }" },
      { query: "query ($yes: Boolean = true) { id @include(if: $yes) }", variables: { yes: null } },
      {
        query: `query (${many.map((name) => `$${name}: Boolean!`)}) {
          ${many.map((name) => `${name}: id @skip(if: $${name})`)} }`,
        variables: Object.fromEntries(many.map((name) => [name, true])),
      },
      { query: `{ ${Array.from({ length: 1_001 }, (_, index) => `a${index}: id`).join(" ")} }` },
    ]
  ) assertEquals((await both(request))[0], undefined, request.query);
});

Deno.test("executePlan() returns the results of the reference implementation for generated documents", async () => {
  const random = seededRandom(17);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] ?? fails("empty");
  const fields = Object.values(THING.getFields()).filter(({ name }) => !["other", "echo"].includes(name));
  const isThing = (type: GraphQLOutputType): boolean => String(type).includes("Thing");
  const select = (depth: number): string =>
    Array.from({ length: 1 + Math.floor(random() * 5) }, () => {
      const { name, type } = pick(fields);
      if (isThing(type) && depth === 0) return "id";
      const inner = isThing(type)
        ? ` ${pick(["", "", "@skip(if: $no) ", "@include(if: $no) "])}{ ${select(depth - 1)} }`
        : "";
      const field = `${name}${inner}`;
      return pick([
        field,
        field,
        `x${name}: ${field}`,
        `... on Thing { ${field} }`,
        `... @include(if: $no) { ${field} }`,
      ]);
    }).join(" ");
  let planned = 0;
  for (let index = 0; index < 300; index++) {
    const query = `query ($no: Boolean = false) { ${select(3)} ... @skip(if: $no) { id } }`;
    const [result, reference] = await both({ query, variables: { no: random() < 0.5 } });
    if (result === undefined) continue;
    planned++;
    assertEquals(nulledPlaces(result), nulledPlaces(reference), query);
  }
  assert(planned > 250, `${planned}`);
});
