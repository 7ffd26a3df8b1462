/** That a column holds the id of a profile of the owner's, whether it lives or was deleted. */
export function isOwned(profileId: string, owner: string): string {
  return `exists (select from published_profiles as profile where profile.id = ${profileId} and profile.owner = ${owner})`;
}
