import { refOf } from "@aethyr/kernel";

/** A place as two columns: what kind of aggregate it is, and its id; nulls for nowhere. */
export function placeOf(containerId: string | null): { readonly container_type: string | null; readonly container_id: string | null } {
  if (containerId === null) return { container_type: null, container_id: null };
  const { type, id } = refOf(containerId);
  return { container_type: type, container_id: id };
}
