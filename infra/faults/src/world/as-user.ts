import { bytesField, encodeFields, textField, administrator, type ImmudbServer } from "@aethyr/bench/immudb";
import { initImmudb, type ImmudbPlace } from "@aethyr/event-store/immudb";

/** A log that is written as a user who is not the server's administrator, and what the administrator can do to that user meanwhile. */
export type UserLog = {
  readonly place: ImmudbPlace;
  /** Sets the user's password, which ends the user's sessions, wherever they are. */
  setPassword(password: string): Promise<void>;
};

export const userPassword = "Writer-of-the-log-1";

export async function makeUserLog({ place, bare }: ImmudbServer, database: string): Promise<UserLog> {
  const user = { username: "writer", password: userPassword };
  await initImmudb({ ...place(database), users: { append: user } });
  return {
    place: { ...place(database), ...user },
    async setPassword(password) {
      // The administrator's own password is the one that counts here.
      const request = encodeFields(
        bytesField(1, Buffer.from(user.username)),
        bytesField(2, Buffer.from(administrator.password)),
        textField(3, password),
      );
      await bare("defaultdb", ({ call }) => call("ChangePassword", request));
    },
  };
}
