import { ref } from "@aethyr/kernel";
import { gameObject } from "@aethyr/world";
import type { ImportCommand } from "../../commands/import-command.ts";
import type { Shop } from "../shops.ts";
import type { Context } from "./context.ts";

/**
 * A shop as a game object that is nowhere, like zones and prototypes: data for whoever makes rules of trade. It is no attribute of its keeper,
 * because some have none, and some keepers have several.
 */
export function shopCommand({ ids, make }: Context, shop: Shop, keeperName: string | undefined): ImportCommand {
  const { source, keeperVnum, roomVnums, produces, ...others } = shop;
  const attributes = {
    ...others,
    buys: others.buys.map(({ type, keywords }) => ({ type, keywords })),
    messages: { ...others.messages },
    hours: others.hours.map(({ open, close }) => ({ open, close })),
    keeper: keeperVnum === null ? null : ids.prototype("mob", keeperVnum),
    rooms: roomVnums.map((vnum) => ids.room(vnum)),
    produces: produces.map((vnum) => ids.prototype("object", vnum)),
  };
  const data = { name: keeperName === undefined ? `shop ${shop.vnum}` : `the shop of ${keeperName}`, generic: "shop", attributes };
  return make("CreateGameObject", ref(gameObject.type, ids.shop(shop.vnum)), data, source);
}
