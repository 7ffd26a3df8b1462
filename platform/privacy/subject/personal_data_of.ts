import type { Querier } from "@archway/db/db.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import { storedResponses } from "@archway/service_kit/idempotency.ts";
import type {
  DataSubject,
  PersonalDataCipher,
  PersonalDataSource,
} from "@archway/service_kit/personal_data.ts";
import type { ServiceDescription } from "@archway/service_kit/service_description.ts";

/** Returns the personal data of all services, and of the platform. */
export async function personalDataOf(
  services: readonly ServiceDescription[],
): Promise<readonly PersonalDataSource[]> {
  const own = await Promise.all(services.flatMap(({ personalData }) => personalData?.() ?? []));
  // After the services, which lock what writers of further responses lock.
  return [...own, storedResponses];
}

/** Returns a person with all ids by which rows mention them. */
export async function findSubject(
  db: Querier,
  id: string,
  { sources, cipher, now }: {
    readonly sources: readonly PersonalDataSource[];
    readonly cipher: PersonalDataCipher | undefined;
    readonly now: Timestamp;
  },
): Promise<DataSubject> {
  const references = [id];
  for (const source of sources) references.push(...await source.references?.(db, id) ?? []);
  return { id, references, cipher, now };
}
