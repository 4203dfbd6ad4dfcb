import type { Socket } from "node:net";
import type { Carrier } from "./wire.ts";

/** Silent connections are asked after by TCP itself, too, so that the network between does not forget them. */
const keepAliveMs = 60_000;

export function prepareSocket(socket: Socket): void {
  socket.setNoDelay(true);
  socket.setKeepAlive(true, keepAliveMs);
}

export function flushedBytes(socket: Socket): number {
  return socket.bytesWritten - socket.writableLength;
}

/** Bytes over a TCP socket. What is sent in one go of the program leaves in one piece. */
export function createSocketCarrier(socket: Socket): Carrier & { send(bytes: Uint8Array): void } {
  let isCorked = false;
  const uncork = (): void => {
    isCorked = false;
    socket.uncork();
  };

  return {
    send(bytes) {
      if (!socket.writable) return;
      if (!isCorked) {
        isCorked = true;
        socket.cork();
        process.nextTick(uncork);
      }
      socket.write(bytes);
    },
    backlog: () => socket.writableLength,
    flushed: () => flushedBytes(socket),
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    end: () => void socket.end(),
    drop: () => void socket.destroy(),
  };
}
