import {
  ConflictException,
  Injectable,
  NotFoundException,
  PreconditionFailedException,
} from "@nestjs/common";
import { Pool } from "pg";
import { v7 as newId } from "uuid";
import type { CreateContactDto, UpdateContactDto } from "./contact.dto";
import { SQL } from "./sql";

export interface Contact {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly age: number | null;
  readonly version: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

@Injectable()
export class ContactsService {
  constructor(private readonly pool: Pool) {}

  async find(id: string): Promise<Contact> {
    const [contact] = await this.query("find", [id]);
    if (contact === undefined) throw new NotFoundException("No contact with this id exists");
    return contact;
  }

  async list(anchor: string | undefined, count: number): Promise<readonly Contact[]> {
    return anchor === undefined
      ? await this.query("firstPage", [count])
      : await this.query("nextPage", [anchor, count]);
  }

  async create({ name, email = null, age = null }: CreateContactDto): Promise<Contact> {
    const [id, now] = [newId(), new Date()];
    await this.query("insert", [id, name, email, age, 1, now, now]);
    return { id, name, email, age, version: "1", createdAt: now, updatedAt: now };
  }

  async update(id: string, { change, etag }: { change: UpdateContactDto; etag: string }): Promise<Contact> {
    const current = await this.find(id);
    if (etag !== `"${current.version}"`) throw new PreconditionFailedException("The contact was modified");
    const defined = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    const { name, email, age } = { ...current, ...defined };
    const [updated] = await this.query("update", [id, name, email, age, new Date(), current.version]);
    if (updated === undefined) throw new PreconditionFailedException("The contact was modified");
    return updated;
  }

  private async query(name: keyof typeof SQL, values: readonly unknown[]): Promise<readonly Contact[]> {
    try {
      const { rows } = await this.pool.query<Contact>({ name, text: SQL[name], values: [...values] });
      return rows;
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "23505") {
        throw new ConflictException("Another contact has this e-mail address");
      }
      throw error;
    }
  }
}
