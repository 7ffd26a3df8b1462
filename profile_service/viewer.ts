/** Whose eyes see the profiles. What a viewer may not see does not exist for them, nor can they change it. */
export type Viewer =
  /** All profiles: authentication is off, or the caller looks after them. */
  | { readonly kind: "everyone" }
  /** Those that this subject has created. */
  | { readonly kind: "owner"; readonly subject: string };

/** Sees everything. */
export const EVERYONE: Viewer = { kind: "everyone" };
