import { createTelnet, defaultTelnetOptions, type GameStatus, type Telnet } from "@aethyr/telnet";
import type { WireHandlers, Protocol } from "./wire.ts";

export type TelnetProtocolOptions = {
  readonly handlers: WireHandlers;
  readonly send: (bytes: Uint8Array) => void;
  readonly lineLength: number;
  readonly status: (() => GameStatus) | undefined;
};

/** Signs of life after which a client is known to give them: some answer no probe, some the first only. */
const trustedAfter = 2;

/** A connection that speaks telnet, over whatever carries its bytes. */
export function createTelnetProtocol({
  handlers,
  send,
  lineLength,
  status,
}: TelnetProtocolOptions): Protocol & Pick<Telnet, "open" | "receive"> {
  const telnet = createTelnet(
    {
      send,
      onLine: handlers.line,
      onTooLong: handlers.tooLongLine,
      onGmcp: (message) => handlers.message(message.package, message.data),
    },
    { ...defaultTelnetOptions, maxLineLength: lineLength, status },
  );
  return {
    open: telnet.open,
    receive: telnet.receive,
    text: telnet.text,
    prompt: telnet.prompt,
    hideTyping: telnet.hideTyping,
    gmcp: telnet.gmcp,
    screen: telnet.screen,
    probe: telnet.probe,
    mustAnswerProbes: () => telnet.signsOfLife() >= trustedAfter,
  };
}
