import { encodeCommand, headers as names, type ContentType } from "@aethyr/protocol";
import { ref } from "@aethyr/kernel";
import fc from "fast-check";

/** A message as a raw client sends it. `sound` is the id of a command that is one: everything else is not. */
export type RawMessage = { readonly subject: string; readonly body: Uint8Array; readonly headers?: Buffer; readonly sound?: string };

const line = (name: string, value: string): string => `${name}: ${value}\r\n`;
const block = (lines: string): Buffer => Buffer.from(`NATS/1.0\r\n${lines}\r\n`, "latin1");

const types: fc.Arbitrary<ContentType> = fc.constantFrom("application/json", "application/msgpack");
const ids = fc.uuid();

const envelope = fc.record({ id: ids, type: types, room: fc.integer({ min: 0, max: 99 }) }).map(({ id, type, room }) => {
  const target = ref("room", `r${room}`);
  return { id, target, ...encodeCommand({ v: 1, id, type: "Open", target, data: { way: "north" } }, type) };
});

/** Subjects below the roots of a world, most of which name no aggregate. */
const subjects = (world: string): fc.Arbitrary<string> => {
  const token = fc.oneof(
    fc.constantFrom("room", "hall", "0", "3", "31", "99", "-1", "%2E", "%", "a%2eb", "ha$ll", "..", "unreadable", "constructor"),
    fc.stringMatching(/^[!-)+-=?-~]{1,40}$/).filter((text) => !text.includes(".")),
    fc.constant("x".repeat(200)),
  );
  const tokens = fc.array(token, { minLength: 0, maxLength: 5 });
  return fc.tuple(fc.constantFrom("cmd", "req"), tokens).map(([root, rest]) => [root, world, ...rest].join("."));
};

const forged = (world: string): fc.Arbitrary<string> =>
  fc.constantFrom(
    `evt.${world}.room.hall`,
    `dlq.${world}.room.hall`,
    `cmd.${world}.room.hall`,
    `hint.${world}.head`,
    `$JS.API.STREAM.DELETE.CMD_${world}`,
    `$JS.API.STREAM.PURGE.CMD_${world}`,
    `$JS.ACK.CMD_${world}.p1-e1.1.1.1.1.1`,
    "_INBOX",
    "_INBOX.*",
    "_INBOX.>",
    "_INBOXX.é",
    `_INBOX.${"y".repeat(1_000)}`,
  );

const headerLines = (world: string): fc.Arbitrary<string> => {
  const text = fc.oneof(
    fc.string({ unit: "binary-ascii", maxLength: 60 }).map((any) => any.replaceAll(/[\r\n]/g, "")),
    fc.constant("1"),
    fc.constant("x".repeat(3_000)),
  );
  const known = fc.constantFrom(
    ...Object.values(names),
    "Nats-Expected-Last-Sequence",
    "Nats-Expected-Stream",
    "Nats-TTL",
    "Nats-Rollup",
    "traceparent",
  );
  return fc
    .array(
      fc.oneof(
        fc.tuple(known, text).map(([name, value]) => line(name, value)),
        fc
          .oneof(forged(world), fc.constantFrom("", "_INBOX.a b", `_INBOX.${"y".repeat(5_000)}`))
          .map((value) => line(names.replyTo, value)),
        fc.constantFrom(line(names.contentType, "text/plain"), line(names.contentType, "application/msgpack"), line(names.passedOn, "1")),
        fc.tuple(text, text).map(([name, value]) => line(name, value)),
        text.map((any) => `${any}\r\n`),
      ),
      { maxLength: 4 },
    )
    .map((lines) => lines.join(""));
};

const bodies: fc.Arbitrary<Uint8Array> = fc.oneof(
  { weight: 4, arbitrary: fc.uint8Array({ maxLength: 300 }) },
  { weight: 2, arbitrary: fc.json().map((text) => Buffer.from(text)) },
  {
    weight: 6,
    arbitrary: fc
      .tuple(envelope, fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { minLength: 1, maxLength: 4 }))
      .map(([{ bytes }, changes]) => {
        const damaged = Uint8Array.from(bytes);
        for (const [at, value] of changes) damaged[at % damaged.length] = value;
        return damaged;
      }),
  },
  { weight: 2, arbitrary: fc.tuple(envelope, fc.nat(200)).map(([{ bytes }, length]) => bytes.subarray(0, length % bytes.length)) },
  { weight: 1, arbitrary: fc.integer({ min: 60, max: 90 }).map((kibibytes) => Buffer.alloc(kibibytes * 1_024, 0x20)) },
);

/** Messages of all kinds; about one in ten is a sound command. */
export const rawMessages = (world: string): fc.Arbitrary<RawMessage> => {
  const lane = fc.constantFrom("cmd", "req");
  const sound = fc.tuple(lane, envelope).map(([root, { id, target, bytes, contentType }]): RawMessage => ({
    subject: `${root}.${world}.${target.type}.${target.id}`,
    body: bytes,
    headers: block(line(names.messageId, id) + line(names.contentType, contentType)),
    sound: id,
  }));
  const named = fc.tuple(lane, fc.integer({ min: 0, max: 99 })).map(([root, room]) => `${root}.${world}.room.r${room}`);
  const bad = fc
    .tuple(fc.oneof(subjects(world), named), bodies, fc.option(headerLines(world), { nil: undefined }))
    .map(([subject, body, lines]): RawMessage => ({ subject, body, ...(lines === undefined ? {} : { headers: block(lines) }) }));
  // Right in itself, and sent where it does not belong, or under another id.
  const misled = fc.tuple(fc.oneof(subjects(world), named), envelope, ids).map(([subject, { bytes, contentType }, id]): RawMessage => ({
    subject,
    body: bytes,
    headers: block(line(names.messageId, id) + line(names.contentType, contentType)),
  }));
  return fc.oneof({ weight: 1, arbitrary: sound }, { weight: 7, arbitrary: bad }, { weight: 2, arbitrary: misled });
};

/** Where replies may be told to go: onto the subjects of others, of the server, and to none at all. */
export const forgedReplies = forged;

/** Reply subjects for which the server ends the connection. */
export const breaches: readonly string[] = ["_INBOX.a b c", `_INBOX.${"y".repeat(5_000)}`];
