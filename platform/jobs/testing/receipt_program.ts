import { main } from "@archway/program/main.ts";
import { fromRoot } from "@archway/program/project.ts";
import { jobsModule } from "../module.ts";
import { shopModule } from "./shop/module.ts";

/** Path of this module from the root of the project: a program with the example of the guide, run as a process by tests. */
export const RECEIPT_PROGRAM: string = fromRoot(import.meta.filename ?? "");

await main({ name: "archway", services: [jobsModule, shopModule] }, import.meta);
