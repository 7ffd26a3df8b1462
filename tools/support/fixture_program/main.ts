import { main } from "@archway/program/main.ts";
import { services } from "./services.ts";

await main({ name: "archway", services }, import.meta);
