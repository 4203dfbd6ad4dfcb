import type { Fence } from "@aethyr/event-store";
import { Ref, type Json } from "@aethyr/kernel";
import { CommandEnvelope, decode, encode, type Payload } from "@aethyr/protocol";
import { z } from "zod";

/** What the host of a command's target asks the host of another aggregate: to decide and commit the command, as others keep overtaking it there. */
export type OnBehalf = {
  readonly command: CommandEnvelope;
  /** The aggregate that is fought over, which the asked host has. */
  readonly contended: Ref;
  /** Of the target's partition, for the commit: it is refused where the asking host was fenced out meanwhile. */
  readonly fence: Fence;
  /** Where streams of the asking host are that the command is about. */
  readonly versions: readonly { readonly stream: Ref; readonly version: number }[];
};

const OnBehalfMessage = z.object({
  command: CommandEnvelope,
  contended: Ref,
  fence: z.object({ partition: z.string(), epoch: z.int().min(0), token: z.int().min(0) }),
  versions: z.array(z.object({ stream: Ref, version: z.int().min(0) })).max(1_000),
});

/** Fields that are undefined are left out. */
export const encodeOnBehalf = (asked: OnBehalf): Payload => ({
  bytes: encode(JSON.parse(JSON.stringify(asked)) as Json, "application/msgpack"),
  contentType: "application/msgpack",
});

/** Throws `MalformedMessageError` or a `ZodError`. */
export const parseOnBehalf = ({ bytes, contentType }: Payload): OnBehalf => OnBehalfMessage.parse(decode(bytes, contentType));
