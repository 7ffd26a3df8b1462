export * from "../entity_version.ts";
