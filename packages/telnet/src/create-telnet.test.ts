import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { option } from "./codes.ts";
import { bytesOf, inUtf8, negotiated, overhear, subnegotiation } from "./test-telnet.ts";

const { CHARSET, ECHO, EOR, GMCP, MSSP, NAWS, SGA, TIMING_MARK, TTYPE } = option;
const [goAhead, endOfRecord] = ["\u00ff\u00f9", "\u00ff\u00ef"];

describe("a telnet connection", () => {
  it("offers and asks for what games use, and never by itself for what makes clients send single keys", () => {
    expect(overhear().sent()).toBe(
      [
        negotiated("do", TTYPE),
        negotiated("do", NAWS),
        negotiated("will", EOR),
        negotiated("will", CHARSET),
        negotiated("will", GMCP),
      ].join(""),
    );
  });

  it("takes over the echo for a password and gives it back, each once", () => {
    const { telnet, sent, receive, lines } = overhear();
    sent();
    telnet.hideTyping(true);
    telnet.hideTyping(true);
    expect(sent()).toBe(negotiated("will", ECHO));
    receive(negotiated("do", ECHO), "secret\r\n");
    expect([sent(), lines]).toEqual(["\r\n", ["secret"]]);
    telnet.hideTyping(false);
    expect(sent()).toBe(negotiated("wont", ECHO));
    receive(negotiated("dont", ECHO), "look\r\n");
    expect(sent()).toBe("");
  });

  it("marks prompts by end of record, by go ahead for a telnet without it, and not at all for what is no telnet", () => {
    const { telnet, sent, receive } = overhear();
    const prompted = (): string => {
      sent();
      telnet.prompt("> ");
      return sent();
    };
    expect(prompted()).toBe("> ");
    receive(negotiated("dont", EOR));
    expect(prompted()).toBe(`> ${goAhead}`);
    receive(negotiated("do", SGA));
    expect(prompted()).toBe("> ");
    receive(negotiated("do", EOR));
    expect(prompted()).toBe(`> ${endOfRecord}`);
  });

  it("knows the size of the window, also with a doubled 255, and takes 0 for not said", () => {
    const { telnet, receive } = overhear();
    receive(negotiated("will", NAWS), subnegotiation(NAWS, "\u0000\u00ff\u0000\u0018"));
    expect(telnet.screen()).toMatchObject({ width: 255, height: 24 });
    receive(subnegotiation(NAWS, "\u0000\u0000\u0001\u0000"), subnegotiation(NAWS, "\u0001"));
    expect(telnet.screen()).toMatchObject({ width: undefined, height: 256 });
  });

  it("asks for three names of the terminal, and no more after MTTS", () => {
    const { telnet, sent, receive } = overhear();
    const ask = subnegotiation(TTYPE, "\u0001");
    receive(subnegotiation(TTYPE, "\u0000TOO EARLY"));
    sent();
    receive(negotiated("will", TTYPE));
    expect(sent()).toBe(ask);
    receive(subnegotiation(TTYPE, "\u0000TINTIN++"));
    receive(subnegotiation(TTYPE, "\u0000XTERM"));
    expect(sent()).toBe(ask + ask);
    receive(subnegotiation(TTYPE, "\u0000MTTS 137"), subnegotiation(TTYPE, "\u0000MTTS 1"), negotiated("will", TTYPE));
    expect(sent()).toBe("");
    expect(telnet.screen()).toMatchObject({ client: "TINTIN++", colour: true });
  });

  it.each([
    ["the same name twice", ["dumb", "dumb"], 2, false],
    ["a list without end", ["a", "ansi", "c", "d", "e", "f"], 4, true],
    ["MTTS without colours", ["Mudlet", "XTERM", "MTTS 64"], 3, false],
    ["nothing", ["", ""], 1, false],
  ])("ends the names of the terminal at %s", (_, names, asked, colour) => {
    const { telnet, sent, receive } = overhear();
    receive(negotiated("will", TTYPE));
    for (const name of names) receive(subnegotiation(TTYPE, `\u0000${name}`));
    expect(sent().split(subnegotiation(TTYPE, "\u0001")).length - 1).toBe(asked);
    expect(telnet.screen().colour).toBe(colour);
  });

  it("asks for UTF-8, and writes what the client chose", () => {
    const { telnet, sent, receive } = overhear();
    sent();
    receive(negotiated("do", CHARSET));
    expect(sent()).toBe(subnegotiation(CHARSET, "\u0001;UTF-8;ISO-8859-1;US-ASCII"));
    receive(subnegotiation(CHARSET, "\u0002iso-8859-1"));
    telnet.text("ÿ\n");
    expect(sent()).toBe("\u00ff\u00ff\r\n");
    receive(subnegotiation(CHARSET, "\u0002UTF-8"));
    expect(telnet.screen().encoding).toBe("latin-1");
  });

  it("goes on by its guess where the client rejects, or says it took what is unknown", () => {
    for (const answer of ["\u0003", "\u0002KOI8-R"]) {
      const { telnet, receive, lines } = overhear();
      receive(negotiated("do", CHARSET), subnegotiation(CHARSET, answer), "caf\u00e9\r\n");
      expect([telnet.screen().encoding, lines]).toEqual(["latin-1", ["café"]]);
    }
  });

  it("takes the best of what the client offers, and rejects a request that crosses its own", () => {
    const { telnet, sent, receive } = overhear();
    receive(negotiated("will", CHARSET));
    sent();
    receive(subnegotiation(CHARSET, "\u0001 KOI8-R latin1 Utf-8"));
    expect(sent()).toBe(subnegotiation(CHARSET, "\u0002Utf-8"));
    receive(subnegotiation(CHARSET, "\u0001[TTABLE]\u0001;ISO-8859-1"));
    expect([sent(), telnet.screen().encoding]).toEqual([subnegotiation(CHARSET, "\u0002ISO-8859-1"), "latin-1"]);
    receive(subnegotiation(CHARSET, "\u0001;KOI8-R"), subnegotiation(CHARSET, "\u0001"), subnegotiation(CHARSET, "\u0004x"));
    expect(sent()).toBe([subnegotiation(CHARSET, "\u0003"), subnegotiation(CHARSET, "\u0003"), subnegotiation(CHARSET, "\u0005")].join(""));
    receive(negotiated("do", CHARSET));
    sent();
    receive(subnegotiation(CHARSET, "\u0001;UTF-8"));
    expect([sent(), telnet.screen().encoding]).toEqual([subnegotiation(CHARSET, "\u0003"), "latin-1"]);
    receive(subnegotiation(CHARSET, "\u0002UTF-8"));
    expect(telnet.screen().encoding).toBe("utf-8");
    for (let count = 0; count < 1_000; count += 1) receive(subnegotiation(CHARSET, "\u0001;UTF-8"));
    expect(sent().length).toBeLessThan(16 * 20);
  });

  it("speaks GMCP with those who do, and only of what they want", () => {
    const { telnet, sent, receive, messages } = overhear();
    sent();
    telnet.gmcp("Room.Info", { name: "Früh" });
    receive(subnegotiation(GMCP, "Room.Info"));
    expect([sent(), messages]).toEqual(["", []]);
    receive(
      negotiated("do", GMCP),
      subnegotiation(GMCP, 'Core.Hello {"client":"Mudlet"}'),
      subnegotiation(GMCP, 'Core.Supports.Set ["Room 1"]'),
    );
    telnet.gmcp("Room.Info", { name: "Früh" });
    telnet.gmcp("Char.Vitals", {});
    expect(sent()).toBe(subnegotiation(GMCP, `Room.Info ${inUtf8('{"name":"Früh"}')}`));
    receive(
      subnegotiation(GMCP, "Core.Ping"),
      subnegotiation(GMCP, "\u00ff\u00fe"),
      subnegotiation(GMCP, `Char.Login ${inUtf8('{"name":"é"}')}`),
    );
    expect(sent()).toBe(subnegotiation(GMCP, "Core.Ping"));
    expect(messages).toEqual([{ package: "Char.Login", data: { name: "é" } }]);
    expect(telnet.screen()).toMatchObject({ client: "Mudlet", gmcp: true });
  });

  it("takes no subnegotiation over its bound, and nothing in it for typing", () => {
    const { receive, messages, lines } = overhear({ maxSubnegotiationBytes: 20 });
    receive(negotiated("do", GMCP), subnegotiation(GMCP, `Char.Login ${"1".repeat(20)}`), subnegotiation(GMCP, "a\nquit\n"), "look\n");
    expect([messages, lines]).toEqual([[], ["look"]]);
  });

  it("keeps no more of an endless subnegotiation than its bound", () => {
    const { receive, lines } = overhear();
    const piece = bytesOf("x".repeat(64 * 1_024));
    const held = (): number => {
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      return heapUsed + arrayBuffers;
    };
    receive("\u00ff\u00fa\u00c9");
    const before = held();
    // 39 megabytes, of which keeping one byte as one byte would show; more takes long where coverage is counted.
    for (let count = 0; count < 600; count += 1) receive(piece);
    expect(held() - before).toBeLessThan(32_000_000);
    receive("\u00ff\u00f0look\n");
    expect(lines).toEqual(["look"]);
  });

  it("drops a subnegotiation that another command breaks off, and hears that command", () => {
    const { receive, lines, sent } = overhear();
    sent();
    receive("\u00ff\u00fa\u00c9Room.Info", negotiated("do", 99), "loo\u00ff\u00f1k\n");
    expect([sent(), lines]).toEqual([negotiated("wont", 99), ["look"]]);
  });

  it("tells lists of games what they ask, once", () => {
    const { sent, receive } = overhear({ status: () => ({ NAME: "Aethyr\u0001", PLAYERS: 3, CODEBASE: ["Aethyr", "Ours"] }) });
    expect(sent()).toContain(negotiated("will", MSSP));
    const [on, off] = [negotiated("do", MSSP), negotiated("dont", MSSP)];
    receive(on, off, on);
    const text = "\u0001NAME\u0002Aethyr\u0001PLAYERS\u00023\u0001CODEBASE\u0002Aethyr\u0002Ours";
    expect(sent()).toBe(subnegotiation(MSSP, text) + negotiated("wont", MSSP) + negotiated("will", MSSP));
  });

  it("asks whether anybody is there, and answers when asked", () => {
    const { telnet, sent, receive } = overhear();
    sent();
    telnet.probe();
    expect(sent()).toBe("");
    receive("\u00ff\u00f6");
    expect(sent()).toBe("[yes]\r\n");
    receive(negotiated("will", TIMING_MARK));
    for (const verb of ["wont", "will"] as const) {
      telnet.probe();
      receive(negotiated(verb, TIMING_MARK), negotiated(verb, TIMING_MARK));
    }
    expect([sent(), telnet.signsOfLife()]).toEqual([negotiated("do", TIMING_MARK).repeat(2), 2]);
    receive(negotiated("do", TIMING_MARK));
    expect(sent()).toBe(negotiated("wont", TIMING_MARK));
  });

  it("erases a character or a line when the client says so by command", () => {
    const { receive, lines } = overhear();
    receive("lookk\u00ff\u00f7\r\nquit\u00ff\u00f8score\r\nquit\u00ff\u00f4who\r\n");
    expect(lines).toEqual(["look", "score", "who"]);
  });

  it("counts the length of a line in characters", () => {
    const { receive, lines, tooLong } = overhear();
    receive(`${inUtf8("é".repeat(1_000))}\r\n`, `${"a".repeat(1_001)}\r\n`, "ok\r\n");
    expect([lines.map((line) => line.length), tooLong()]).toEqual([[1_000, 2], 1]);
  });

  it("keeps nothing of a line of ten million characters, says so once, and hears the next one", () => {
    const { receive, lines, tooLong, sent } = overhear();
    sent();
    const piece = bytesOf("x".repeat(64 * 1_024));
    for (let sentBytes = 0; sentBytes < 10_000_000; sentBytes += piece.length) receive(piece);
    expect(tooLong()).toBe(1);
    receive("\r\nlook\r\n");
    expect([lines, tooLong(), sent()]).toEqual([["look"], 1, ""]);
  });
});

describe("whatever bytes a telnet connection gets", () => {
  const telnetish = fc.oneof(
    { weight: 3, arbitrary: fc.uint8Array({ maxLength: 40 }) },
    fc
      .tuple(fc.constantFrom("will", "wont", "do", "dont"), fc.oneof(fc.constantFrom(...Object.values(option)), fc.nat(255)))
      .map(([verb, number]) => bytesOf(negotiated(verb as "will", number))),
    fc
      .tuple(fc.constantFrom(...Object.values(option)), fc.string({ maxLength: 60 }))
      .map(([number, text]) => bytesOf(subnegotiation(number, inUtf8(text)))),
    fc
      .constantFrom('Core.Hello {"client":"x"}', 'Core.Supports.Set ["Room 1"]', "Core.Ping")
      .map((text) => bytesOf(subnegotiation(GMCP, text))),
    fc.constantFrom(0, 1, 2).map((kind) => bytesOf(subnegotiation(TTYPE, `${String.fromCharCode(kind)}name`))),
    fc.string({ unit: "binary", maxLength: 60 }).map((text) => bytesOf(inUtf8(`${text}\r\n`))),
    fc.constant(Uint8Array.of(255)),
  );

  it("it does not throw, writes a bounded answer, and no chunking makes a difference", () => {
    fc.assert(
      fc.property(fc.array(telnetish, { maxLength: 60 }), fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }), (parts, sizes) => {
        const bytes = Uint8Array.from(parts.flatMap((part) => [...part]));
        const listen = (chunks: readonly Uint8Array[]): unknown => {
          const heard = overhear({ maxSubnegotiationBytes: 50, maxLineLength: 40 });
          heard.telnet.hideTyping(true);
          heard.sent();
          heard.receive(...chunks);
          const sent = heard.sent();
          expect(sent.length).toBeLessThanOrEqual(8 * bytes.length + 512);
          for (const line of heard.lines) {
            expect(line.length).toBeLessThanOrEqual(40);
            expect(line).not.toMatch(/\p{Cc}/u);
          }
          return { sent, lines: heard.lines, messages: heard.messages, tooLong: heard.tooLong(), screen: heard.telnet.screen() };
        };
        const chunks: Uint8Array[] = [];
        for (let [at, turn] = [0, 0]; at < bytes.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1;
          chunks.push(bytes.subarray(at, at + size));
          at += size;
        }
        expect(listen(chunks)).toEqual(listen([bytes]));
      }),
      { numRuns: 300 },
    );
  });

  it("what it writes reads back as what was written, with no command in it, in every encoding", () => {
    const charsets = fc.constantFrom("UTF-8", "ISO-8859-1", "US-ASCII");
    fc.assert(
      fc.property(charsets, fc.array(fc.string({ unit: "binary" })), (charset, texts) => {
        const { telnet, sent, receive } = overhear();
        receive(negotiated("do", CHARSET), subnegotiation(CHARSET, `\u0002${charset}`));
        sent();
        for (const text of texts) telnet.text(text);
        expect(sent().replaceAll("\u00ff\u00ff", "")).not.toContain("\u00ff");
      }),
    );
  });
});
