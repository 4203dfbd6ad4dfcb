import type { Server } from "node:http";
import type { Socket } from "node:net";

/**
 * Lets a server close as soon as its answers are given: its own `close` waits for connections that never carried a request, which clients
 * open in advance, and for those whose answer began before it with a promise to keep them open.
 */
export function watchSockets(server: Server): { drain(): void } {
  const requests = new Map<Socket, number>();
  let draining = false;
  server.on("connection", (socket: Socket) => {
    requests.set(socket, 0);
    socket.once("close", () => requests.delete(socket));
  });
  server.on("request", ({ socket }, response) => {
    requests.set(socket, (requests.get(socket) ?? 0) + 1);
    response.once("close", () => {
      const left = (requests.get(socket) ?? 1) - 1;
      if (requests.has(socket)) requests.set(socket, left);
      if (draining && left === 0) socket.destroySoon();
    });
  });
  return {
    drain() {
      draining = true;
      for (const [socket, underWay] of requests) if (underWay === 0) socket.destroy();
    },
  };
}
