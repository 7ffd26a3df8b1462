import { Controller, Get } from "@nestjs/common";

@Controller("livez")
export class HealthController {
  @Get()
  check(): { status: string } {
    return { status: "ok" };
  }
}
