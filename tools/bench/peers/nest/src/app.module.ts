import { Module } from "@nestjs/common";
import { Pool } from "pg";
import { ContactsController } from "./contacts.controller";
import { ContactsService } from "./contacts.service";
import { HealthController } from "./health.controller";

const pool = {
  provide: Pool,
  useFactory: (): Pool => new Pool({ connectionString: process.env["DATABASE_URL"], max: 10 }),
};

@Module({ controllers: [HealthController, ContactsController], providers: [pool, ContactsService] })
export class AppModule {}
