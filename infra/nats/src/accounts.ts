import { permissionsOf, roles, type Role } from "./permissions.ts";

/** Part of a server whose subjects are its own: what another one shall hear or ask is let through by name. */
type Account = { readonly name: string; readonly roles: readonly Role[] };

/** Where all streams and hosts are. */
export const worldAccount = "world";

/**
 * Who is not ours has another account. The server sends its answers to whatever reply subject a sender names, past the sender's permissions;
 * what a sender of another account names stays in that account.
 */
const foreign: readonly Account[] = [
  { name: "nodes", roles: ["node"] },
  { name: "browsers", roles: ["browser"] },
];

export const accounts: readonly Account[] = [
  { name: worldAccount, roles: roles.filter((role) => !foreign.some((account) => account.roles.includes(role))) },
  ...foreign,
];

/** What passes between the world's account and another: services are asked there and answered here, streams are heard there. */
export type Crossing = {
  readonly account: string;
  readonly services: readonly { readonly subject: string; readonly answers: "one" | "many" }[];
  readonly streams: readonly string[];
};

/** Just what the roles of each account may do: nothing passes that nobody there may use. */
export const crossingsOf = (world: string): readonly Crossing[] =>
  foreign.map((account) => {
    const allowed = account.roles.map((role) => permissionsOf(role, world));
    return {
      account: account.name,
      services: allowed.flatMap(({ publish }) => publish.map((subject) => ({ subject, answers: answersOf(subject) }))),
      streams: allowed.flatMap(({ subscribe }) => subscribe),
    };
  });

/** A direct question may ask for many messages at once, of which each is an answer. */
const answersOf = (subject: string): "one" | "many" => (subject.startsWith("$JS.API.DIRECT.GET.") ? "many" : "one");
