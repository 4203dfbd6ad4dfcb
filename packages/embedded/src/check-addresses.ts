import { checkPlayerAddress } from "@aethyr/gateway";
import { checkApiAddress } from "@aethyr/operator";
import type { Config } from "@aethyr/process";
import { AddressesError } from "./errors.ts";

/**
 * Asks, before anything is made, whether operators and players could reach a world. Rejects with `api_address` or `player_address`, or with
 * `addresses` where it is more than one.
 */
export async function checkAddresses({ api, gateway }: Pick<Config, "api" | "gateway">): Promise<void> {
  const { enabled, host, telnet, websocket } = gateway;
  const asked = await Promise.allSettled([
    checkApiAddress(api),
    ...(enabled ? [checkPlayerAddress("telnet", host, telnet.port), checkPlayerAddress("websocket", host, websocket.port)] : []),
  ]);
  const failures = asked.flatMap((each): readonly unknown[] => (each.status === "rejected" ? [each.reason] : []));
  if (failures.length > 1) throw new AddressesError(failures);
  if (failures.length === 1) throw failures[0];
}
