/** Whose eyes see what a service keeps. What a viewer may not see does not exist for them, nor can they change it. */
export type Viewer =
  /** All of it: authentication is off, or the caller looks after it. */
  | { readonly kind: "everyone" }
  /** What this subject owns, in whichever way the service says what is owned. */
  | { readonly kind: "owner"; readonly subject: string };

/** Sees everything. */
export const EVERYONE: Viewer = { kind: "everyone" };
