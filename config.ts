import type { Project } from "@archway/program/project.ts";
import manifest from "./deno.json" with { type: "json" };

/** Name of the program in messages and the greeting, and its version. */
export const project: Omit<Project, "services"> = { name: "archway", version: manifest.version };
