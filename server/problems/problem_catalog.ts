import type { ApiModule, ProblemType } from "../api_module.ts";
import type { ProblemCatalog } from "./problem_response.ts";
import { SERVER_PROBLEM_TYPES } from "./problem_types.ts";

/**
 * The problem types of the server and of all modules.
 * @throws {Error} when two of them share a slug and differ.
 */
export function createCatalog(modules: readonly ApiModule[]): ProblemCatalog {
  const catalog = new Map<string, ProblemType>();
  for (const type of [...SERVER_PROBLEM_TYPES, ...modules.flatMap((module) => module.problemTypes)]) {
    const other = catalog.get(type.slug);
    if (other !== undefined && (other.title !== type.title || other.status !== type.status)) {
      throw new Error(`Two problem types have the slug ${type.slug}`);
    }
    catalog.set(type.slug, other ?? type);
  }
  return catalog;
}
