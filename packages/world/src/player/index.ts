import { register } from "@aethyr/kernel";
import { deleteHolder } from "../containment/delete-holder.ts";
import { equipItem, unequipItem } from "../containment/equipment-rules.ts";
import { addItem, removeItem } from "../containment/inventory-rules.ts";
import { RoomPath } from "../containment/place.ts";
import { updateContainer } from "../containment/update-container.ts";
import { updateAttribute, updateAttributes } from "../shared/update-attributes.ts";
import { player } from "./aggregate.ts";
import { SetPose, SitDown, StandUp } from "./posture-rules.ts";
import { CreatePlayer, UpdatePlayerAdminStatus, UpdatePlayerPassword } from "./rules.ts";
import { SetDoor } from "./set-door.ts";
import { SetLid } from "./set-lid.ts";
import { Walk } from "./walk.ts";

export const players = register(player, {
  CreatePlayer,
  UpdatePlayerPassword,
  UpdatePlayerAdminStatus,
  UpdateGameObjectAttribute: updateAttribute(player),
  UpdateGameObjectAttributes: updateAttributes(player),
  UpdateGameObjectContainer: updateContainer(player, RoomPath),
  DeleteGameObject: deleteHolder(player),
  AddItemToInventory: addItem(player),
  RemoveItemFromInventory: removeItem(player),
  EquipItem: equipItem(player),
  UnequipItem: unequipItem(player),
  Walk,
  SetDoor,
  SetLid,
  SitDown,
  StandUp,
  SetPose,
});
