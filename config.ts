import type { Project } from "@archway/program/project.ts";
// As text: with a JSON module, executables of Deno 2.6 keep no cache of compiled code, and start more slowly.
import manifest from "./deno.json" with { type: "text" };

const { version }: { readonly version: string } = JSON.parse(manifest);

/** Name of the program in messages and the greeting, and its version. */
export const project: Omit<Project, "services"> = { name: "archway", version };
