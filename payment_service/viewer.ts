/** Whose eyes see accounts and payments. What a viewer may not see does not exist for them. */
export type Viewer =
  /** All of them: authentication is off, or the caller looks after them. */
  | { readonly kind: "everyone" }
  /** The accounts of the profiles that this subject has created, and the payments that they have part in. */
  | { readonly kind: "owner"; readonly subject: string };

/** Sees everything. */
export const EVERYONE: Viewer = { kind: "everyone" };
