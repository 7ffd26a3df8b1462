import { viewerOfCaller } from "@archway/service_kit/ownership/viewer_of_caller.ts";

/** What the caller of an operation may see: the scope is of those who look after everybody's. */
export const viewerOf = viewerOfCaller("payments:admin");
