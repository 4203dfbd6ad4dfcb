import { randomBytes } from "node:crypto";
import { z } from "zod";
import { failureOf, said } from "./error-map.ts";
import { encodeEmpty } from "./messages.ts";
import type { Session } from "./session.ts";
import { encodeMessage, fieldsOf } from "./wire.ts";
import { textOf } from "./keys.ts";

/** What a user may do in a database: the numbers are immudb's. */
export const permissions = { read: 1, append: 2 } as const;

/** A user that the server can have. Its own administrator is none that a log should be written or read as. */
export const UserLogin = z.object({
  username: z
    .string()
    .regex(/^[A-Za-z0-9_]{1,63}$/, "1–63 letters, digits and _")
    .refine((name) => name !== "immudb", "this is the server's administrator"),
  password: z.string().min(8).max(72),
});

/** 32 characters of a safe alphabet: 192 bits. */
export const generatePassword = (): string => randomBytes(24).toString("base64url");

export type User = { readonly username: string; readonly active: boolean; readonly permissions: ReadonlyMap<string, number> };

/** Users that the administrator can see: all of them. */
export async function listUsers(system: Session): Promise<readonly User[]> {
  const users: User[] = [];
  for (const { field, bytes } of fieldsOf(await system.command("ListUsers", encodeEmpty()))) if (field === 1) users.push(decodeUser(bytes));
  return users;
}

function decodeUser(message: Uint8Array): User {
  let [username, active] = ["", false];
  const held = new Map<string, number>();
  for (const { field, number, bytes } of fieldsOf(message)) {
    if (field === 1) username = textOf(bytes);
    else if (field === 6) active = number === 1;
    else if (field === 3) {
      let [database, permission] = ["", 0];
      for (const part of fieldsOf(bytes)) {
        if (part.field === 1) database = textOf(part.bytes);
        else if (part.field === 2) permission = part.number;
      }
      held.set(database, permission);
    }
  }
  return { username, active, permissions: held };
}

/** Creates a user with one permission in one database. Whether it did: false if there is one of that name already. */
export async function createUser(
  system: Session,
  { username, password, database, permission }: { readonly username: string; readonly password: string } & Grant,
): Promise<boolean> {
  const request = encodeMessage((out) => {
    out.bytes(1, Buffer.from(username));
    out.bytes(2, Buffer.from(password));
    out.number(3, permission);
    out.text(4, database);
  });
  try {
    await system.command("CreateUser", request);
    return true;
  } catch (error) {
    // Also where our own request was repeated, because the session had been lost.
    if (failureOf(error) === "ambiguous" && /user already exists/.test(said(error))) return false;
    throw error;
  }
}

export type Grant = { readonly database: string; readonly permission: number };

/** Gives a user one permission in a database, in place of what it had there. The server ends the user's sessions. */
export async function grant(system: Session, username: string, { database, permission }: Grant): Promise<void> {
  const request = encodeMessage((out) => {
    out.text(2, username);
    out.text(3, database);
    out.number(4, permission);
  });
  await system.command("ChangePermission", request);
}

/** The server ends the user's sessions. */
export async function changePassword(system: Session, username: string, password: string): Promise<void> {
  const request = encodeMessage((out) => {
    out.bytes(1, Buffer.from(username));
    out.bytes(3, Buffer.from(password));
  });
  await system.command("ChangePassword", request);
}
