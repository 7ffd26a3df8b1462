/** Instrumentation scope of the program's spans and metrics. */
export const SCOPE = "archway";
