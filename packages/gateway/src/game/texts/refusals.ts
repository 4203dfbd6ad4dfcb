import type { Reply } from "@aethyr/protocol";

/** What a person reads where a rule of the world says no, by its word. */
export const rejections: Readonly<Record<string, string>> = {
  already_exists: "There is one of that name already.",
  attributes_too_large: "That is too much to remember about one thing.",
  container_closed: "That is closed.",
  container_locked: "That is locked.",
  container_not_found: "The place where that should go is not there any more.",
  containment_cycle: "A thing cannot be put inside itself.",
  door_closed: "The door is closed.",
  door_locked: "The door is locked.",
  door_open: "The door is open: close it first.",
  exit_taken: "There is another way in that direction already.",
  item_equipped: "That is being worn: take it off first.",
  item_not_found: "That is not there any more.",
  leads_nowhere: "You can look that way, but you cannot go there.",
  moved_away: "You are too late: that is not there any more.",
  no_door: "There is no door that way.",
  no_key: "You do not have the key.",
  no_such_exit: "You cannot go that way.",
  not_a_container: "That is nothing to open or close.",
  not_a_seat: "That is nothing to sit on.",
  not_closeable: "That cannot be closed.",
  not_empty: "There is something in it still.",
  not_equipped: "You are not wearing that.",
  not_in_inventory: "You do not have that any more.",
  out_of_reach: "That is out of reach.",
  room_not_found: "The way is there, but the place it led to is not.",
  seat_taken: "Somebody is sitting on that.",
  sitting: "You are sitting: stand up first.",
  slot_taken: "You are wearing something there already.",
  too_deep: "That is inside too many other things already.",
  too_many_contents: "There is too much in it.",
};

const faults: Readonly<Record<Exclude<Reply["code"], "accepted" | "rejected">, string>> = {
  invalid: "The world does not understand that.",
  not_found: "That is not there any more.",
  conflict: "Too much is going on around that. Try again.",
  busy: "The world is very busy. Try again in a moment.",
  unavailable: "The world cannot be reached at the moment, and nothing happened. Try again in a while.",
  outcome_unknown: "The world does not answer: that may have happened, or not. Look before you try it again.",
  unauthorised: "You may not do that.",
  too_large: "That is too long.",
  internal: "Something is wrong with the world, and nothing happened. The people who look after it can see what.",
};

/** What a person reads who was refused. */
export function refusalText(reply: Exclude<Reply, { readonly code: "accepted" }>): string {
  if (reply.code !== "rejected") return faults[reply.code];
  return rejections[reply.reason ?? ""] ?? "You cannot do that.";
}

/** What a person reads where nobody answered at all. */
export const noAnswer = faults.outcome_unknown;
