import type { Project } from "@archway/program/project.ts";

/** This project, as messages and greetings call it. */
export const project: Omit<Project, "services"> = { name: "archway" };
