import type { Project } from "@archway/program/project.ts";

/** Name of the program in messages and the greeting. */
export const project: Omit<Project, "services"> = { name: "archway" };
