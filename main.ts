import { main } from "@archway/program/main.ts";
import { project } from "./config.ts";
import { services } from "./services.ts";

await main({ ...project, services }, import.meta);
