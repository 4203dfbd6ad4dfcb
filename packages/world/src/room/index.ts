import { register } from "@aethyr/kernel";
import { updateAttribute, updateAttributes } from "../shared/update-attributes.ts";
import { room } from "./aggregate.ts";
import { AddRoomExit, RemoveRoomExit } from "./exits.ts";
import { CreateRoom, deleteRoom, UpdateRoomDescription } from "./rules.ts";

export const rooms = register(room, {
  CreateRoom,
  UpdateRoomDescription,
  AddRoomExit,
  RemoveRoomExit,
  UpdateGameObjectAttribute: updateAttribute(room),
  UpdateGameObjectAttributes: updateAttributes(room),
  DeleteGameObject: deleteRoom,
});
