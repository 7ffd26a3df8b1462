import { main } from "@archway/program/main.ts";
import { fromRoot } from "@archway/program/project.ts";
import { eventsModule } from "../module.ts";
import { shopModule } from "./shop_module.ts";

/** This module, from the root of the project: a program of events and a shop, which tests run as a process. */
export const SHOP_PROGRAM: string = fromRoot(import.meta.filename ?? "");

await main({ name: "archway", services: [eventsModule, shopModule] }, import.meta);
