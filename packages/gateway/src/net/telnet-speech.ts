import { createTelnet, defaultTelnetOptions, type GameStatus, type Telnet } from "@aethyr/telnet";
import type { Heard, Speech } from "./wire.ts";

export type TelnetSpeechOptions = {
  readonly heard: Heard;
  readonly send: (bytes: Uint8Array) => void;
  readonly lineLength: number;
  readonly status: (() => GameStatus) | undefined;
};

/** Signs of life after which a client is known to give them: some answer no probe, some the first only. */
const trustedAfter = 2;

/** A connection that speaks telnet, over whatever carries its bytes. */
export function createTelnetSpeech({ heard, send, lineLength, status }: TelnetSpeechOptions): Speech & Pick<Telnet, "open" | "receive"> {
  const telnet = createTelnet(
    {
      send,
      onLine: heard.line,
      onTooLong: heard.tooLongLine,
      onGmcp: (message) => heard.message(message.package, message.data),
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
    terminal: telnet.screen,
    probe: telnet.probe,
    mustAnswerProbes: () => telnet.signsOfLife() >= trustedAfter,
  };
}
