/** Takes what is exported to it and throws it away: a collector that costs as little as one can. */
const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen(): void {} }, async (request) => {
  await request.arrayBuffer();
  return new Response();
});
await Deno.stdout.write(new TextEncoder().encode(`http://127.0.0.1:${server.addr.port}\n`));
