/**
 * The agent's two keys, made in this browser and never leaving it: WebCrypto holds them, not
 * extractable, in IndexedDB. Ed25519 signs the call's fingerprint, X25519 opens sealed pages.
 */
import { identityToRecipient } from "age-encryption";
import { fromBase64url, toBase64url } from "../core/base64url.ts";
import { fingerprintPayload, keyProofPayload, shortGroups } from "../core/signed.ts";
import type { KeysOffered } from "../core/wire/http.ts";

export interface AgentKeys {
  readonly agent: string;
  readonly signing: CryptoKeyPair;
  readonly opening: CryptoKeyPair;
  /** `age1…`, of `opening`. */
  readonly recipient: string;
  /** Base64url, of `signing`. */
  readonly verifyKey: string;
}

/**
 * This browser cannot make or keep the keys: it is old, browses in private, or the address is not
 * https. The person opens the page in another.
 */
export class KeysUnsupported extends Error {}

const DATABASE = "cordee";
const STORE = "keys";
/** What an IndexedDB says that keeps nothing for this page, whenever it is asked. */
const REFUSALS = new Set(["SecurityError", "InvalidStateError", "DataCloneError"]);

/** Returns the agent's keys of this browser, or null when none were made. Throws KeysUnsupported. */
export async function findKeys(agent: string): Promise<AgentKeys | null> {
  const found = await inStore<unknown>("readonly", (store) => store.get(agent));
  return isKeys(found) ? found : null;
}

/** Makes new keys for the agent and keeps them. Throws KeysUnsupported. */
export async function makeKeys(agent: string): Promise<AgentKeys> {
  let signing: CryptoKeyPair;
  let opening: CryptoKeyPair;
  try {
    signing = await pair({ name: "Ed25519" }, ["sign", "verify"]);
    opening = await pair({ name: "X25519" }, ["deriveBits"]);
  } catch (error) {
    throw new KeysUnsupported("Ed25519 or X25519 is missing", { cause: error });
  }
  const raw = await crypto.subtle.exportKey("raw", signing.publicKey);
  const keys: AgentKeys = {
    agent,
    signing,
    opening,
    recipient: await identityToRecipient(opening.privateKey),
    verifyKey: toBase64url(new Uint8Array(raw)),
  };
  await inStore("readwrite", (store) => store.put(keys, agent));
  return keys;
}

/** Returns what is offered to the server, with the proof that we hold the signing key. */
export async function offerOf(keys: AgentKeys): Promise<KeysOffered> {
  const payload = keyProofPayload(keys.agent, keys.recipient, keys.verifyKey);
  const proof = await sign(keys, payload);
  return { type: "keys_offered", recipient: keys.recipient, verify_key: keys.verifyKey, proof };
}

/** Returns what the person who certifies the keys compares: eight groups of four. */
export async function fingerprintOf(keys: AgentKeys): Promise<string> {
  const text = fingerprintPayload(keys.agent, keys.recipient, keys.verifyKey);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return shortGroups(new Uint8Array(digest));
}

/** Returns our signature over the text's UTF-8, base64url. */
export async function sign(keys: AgentKeys, payload: string): Promise<string> {
  const bytes = new TextEncoder().encode(payload);
  const signature = await crypto.subtle.sign("Ed25519", keys.signing.privateKey, bytes);
  return toBase64url(new Uint8Array(signature));
}

/** Whether `signature` over `payload` was made by the holder of `publicKey` (both base64url). */
export async function isSignedBy(
  publicKey: string,
  payload: string,
  signature: string,
): Promise<boolean> {
  const raw = fromBase64url(publicKey);
  const signed = fromBase64url(signature);
  if (raw?.length !== 32 || signed?.length !== 64) return false;
  const key = await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
  return crypto.subtle.verify("Ed25519", key, signed, new TextEncoder().encode(payload));
}

async function pair(algorithm: AlgorithmIdentifier, usages: KeyUsage[]): Promise<CryptoKeyPair> {
  const made = await crypto.subtle.generateKey(algorithm, false, usages);
  if (!("privateKey" in made)) throw new KeysUnsupported("no key pair");
  return made;
}

function isKeys(value: unknown): value is AgentKeys {
  if (typeof value !== "object" || value === null) return false;
  const { signing, opening, recipient, verifyKey } = value as Partial<AgentKeys>;
  const isWhole = typeof recipient === "string" && typeof verifyKey === "string";
  return isWhole && signing !== undefined && opening !== undefined;
}

async function inStore<T>(
  mode: IDBTransactionMode,
  act: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  try {
    return await inTransaction(mode, act);
  } catch (error) {
    const isRefused = error instanceof DOMException && REFUSALS.has(error.name);
    if (typeof indexedDB === "undefined" || isRefused) {
      throw new KeysUnsupported("IndexedDB is missing or refused", { cause: error });
    }
    // A full disk, or a database that is busy for a moment: it may go the next time.
    throw error ?? new Error("IndexedDB gave the transaction up");
  }
}

async function inTransaction<T>(
  mode: IDBTransactionMode,
  act: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const database = await openDatabase();
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

function openDatabase(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => {
      if (!request.result.objectStoreNames.contains(STORE)) {
        request.result.createObjectStore(STORE);
      }
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
