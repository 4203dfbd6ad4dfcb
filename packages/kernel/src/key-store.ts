/**
 * Keys of subjects (a player, say), kept beside the log so that they can be deleted: without its key what was sealed stays unreadable
 * for ever, while the log and its proofs stay whole.
 */
export interface KeyStore {
  /** The subject's key of 32 bytes, made and durably kept if there is none yet. Rejects with `key_forgotten` when it was forgotten. */
  obtain(subject: string): Promise<Uint8Array>;
  /** The subject's key, or undefined if there never was one or it was forgotten. */
  find(subject: string): Promise<Uint8Array | undefined>;
  /** Deletes the key for good. No key is ever made again for this subject. */
  forget(subject: string): Promise<void>;
  close(): Promise<void>;
}
