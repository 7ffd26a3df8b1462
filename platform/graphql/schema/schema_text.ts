import { lexicographicSortSchema, printSchema } from "graphql";
import type { ServiceDescription } from "@archway/service_kit/service_description.ts";
import { buildSchema } from "./build_schema.ts";

/** Returns the schema of all services as text, in an order that does not depend on theirs. */
export function schemaText(services: readonly Pick<ServiceDescription, "name" | "graphql">[]): string {
  const faces = services.flatMap(({ name, graphql }) => graphql === undefined ? [] : [{ name, graphql }]);
  const schema = buildSchema(faces.map(({ graphql }) => graphql), {
    problemOf: () => {
      throw new Error("The schema is not executed");
    },
  });
  const names = faces.map(({ name }) => name).toSorted().join(", ");
  const text = printSchema(lexicographicSortSchema(schema));
  return `# Generated from the OpenAPI documents by \`deno task gen\`; DO NOT EDIT.\n# Services: ${names}\n\n${text}\n`;
}
