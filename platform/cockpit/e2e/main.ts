import { main } from "@archway/program/main.ts";
import { services } from "./services.ts";

await main({ name: "archway", version: "1.2.3", services }, import.meta);
