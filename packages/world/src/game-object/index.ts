import { register } from "@aethyr/kernel";
import { deleteHolder } from "../containment/delete-holder.ts";
import { equipItem, unequipItem } from "../containment/equipment-rules.ts";
import { addItem, removeItem } from "../containment/inventory-rules.ts";
import { ContainerId } from "../containment/place.ts";
import { updateContainer } from "../containment/update-container.ts";
import { updateAttribute, updateAttributes } from "../shared/update-attributes.ts";
import { gameObject } from "./aggregate.ts";
import { CreateGameObject } from "./create.ts";

export const gameObjects = register(gameObject, {
  CreateGameObject,
  UpdateGameObjectAttribute: updateAttribute(gameObject),
  UpdateGameObjectAttributes: updateAttributes(gameObject),
  UpdateGameObjectContainer: updateContainer(gameObject, ContainerId),
  DeleteGameObject: deleteHolder(gameObject),
  AddItemToInventory: addItem(gameObject),
  RemoveItemFromInventory: removeItem(gameObject),
  EquipItem: equipItem(gameObject),
  UnequipItem: unequipItem(gameObject),
});
