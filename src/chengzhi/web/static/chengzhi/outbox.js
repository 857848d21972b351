// What was filled in on this phone and has not reached the server: drafts of sheets, and sheets that wait for network.
// One IndexedDB, two stores; an entry is a list of [name, text | file], with the account it belongs to.

/** @typedef {{key: string, account: string, url: string, title: string, at: string, entries: [string, string | File][], fault?: string}} Kept */

const NAME = "chengzhi-field";
const STORES = ["drafts", "outbox"];
const CHANGED = "outboxchange";

/** @returns {Promise<IDBDatabase>} */
function open() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => STORES.forEach((name) => asked.result.createObjectStore(name, { keyPath: "key" }));
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

/** @template T @param {string} store @param {IDBTransactionMode} mode @param {(s: IDBObjectStore) => IDBRequest<T>} act @returns {Promise<T>} */
async function within(store, mode, act) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(store, mode);
      const asked = act(transaction.objectStore(store));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

const tell = () => document.dispatchEvent(new CustomEvent(CHANGED));

/** @param {"drafts" | "outbox"} store @param {Kept} kept */
export async function keep(store, kept) {
  await within(store, "readwrite", (s) => s.put(kept));
  if (store === "outbox") tell();
}

/** @param {"drafts" | "outbox"} store @param {string} key @returns {Promise<Kept | undefined>} */
export const find = (store, key) => within(store, "readonly", (s) => s.get(key));

/** @param {"drafts" | "outbox"} store @param {string} key */
export async function forget(store, key) {
  await within(store, "readwrite", (s) => s.delete(key));
  if (store === "outbox") tell();
}

/** The sheets of one account that wait, oldest first. @param {string} account @returns {Promise<Kept[]>} */
export async function waiting(account) {
  const all = await within("outbox", "readonly", (s) => /** @type {IDBRequest<Kept[]>} */ (s.getAll()));
  return all.filter((kept) => kept.account === account).sort((a, b) => a.at.localeCompare(b.at));
}

/** The page's own form token; a kept sheet may carry one that is too old. */
export const token = () => {
  const said = document.body.getAttribute("hx-headers") ?? "{}";
  return /** @type {string} */ (JSON.parse(said)["X-CSRFToken"] ?? "");
};

/** Send one sheet. Rejects without network. @param {Kept} kept @returns {Promise<Response>} */
export function send(kept) {
  const body = new FormData();
  for (const [name, value] of kept.entries) if (name !== "csrfmiddlewaretoken") body.append(name, value);
  body.set("sent_at", new Date().toISOString()); // so that a wrong clock of the phone does no harm
  return fetch(kept.url, { method: "POST", body, headers: { "X-CSRFToken": token() } });
}

/** Whether the server took it: it then leads on to the page of the visit. @param {Response} answer */
export const taken = (answer) => answer.ok && answer.redirected && !answer.url.includes("/account/");

let busy = false;

/** Send what waits, one after the other; what the server refuses stays, marked. How many arrived. @param {string} account */
export async function flush(account) {
  let arrived = 0;
  if (busy || !navigator.onLine) return arrived;
  busy = true;
  try {
    for (const kept of await waiting(account)) {
      const answer = await send(kept);
      if (taken(answer)) {
        await forget("outbox", kept.key);
        await forget("drafts", kept.key);
        arrived += 1;
      } else {
        await keep("outbox", { ...kept, fault: answer.redirected ? "sign-in" : String(answer.status) });
      }
    }
  } catch {
    // no network yet: the next "online" tries again
  } finally {
    busy = false;
  }
  return arrived;
}

/** @param {() => void} act */
export const onChange = (act) => document.addEventListener(CHANGED, act);
