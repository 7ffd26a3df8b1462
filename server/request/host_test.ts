import { assertEquals } from "@std/assert";
import { isPrivateHost } from "./host.ts";

Deno.test("isPrivateHost() accepts addresses and names outside the public DNS", () => {
  const hosts = [
    "127.0.0.1",
    "127.0.0.1:8080",
    "[::1]",
    "[::1]:8080",
    "10.1.2.3:1",
    "localhost",
    "LOCALHOST:80",
  ];
  const names = ["app.localhost:8080", "localhost.", "my-laptop", "app.test", "host.docker.internal:8080"];
  for (const host of [...hosts, ...names]) assertEquals(isPrivateHost(host), true, host);
});

Deno.test("isPrivateHost() rejects names that can be registered", () => {
  const hosts = [
    "evil.example.com",
    "evil.example.com:8080",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
  ];
  const others = ["a.localhostx", "evil.example.", "1.2.3.4.5", "127.0.0.1a", "evil.test.example"];
  for (const host of [...hosts, ...others]) assertEquals(isPrivateHost(host), false, host);
});
