// What was typed is never lost: every pause saves it at the service, and what the service has not got yet lies with the
// page, so that neither a killed service nor a reloaded page takes a word away.
import { Refused, call } from "./send.js";

const PAUSE_MS = 350;
const AGAIN_MS = 2000;

/** `read()` gives what is on the screen, `write(body)` puts it there; `state` is the line that tells. */
export function openDraft(callId, state, { read, write }) {
  const local = `draft-${callId}`;
  let version = null;
  let timer = null;
  let saving = null;
  let dirty = false;
  let live = false;

  function tell(kind) {
    state.textContent = state.dataset[kind];
    state.dataset.kind = kind;
  }

  function touch() {
    if (!live) return;
    dirty = true;
    sessionStorage.setItem(local, JSON.stringify({ at: Date.now(), body: read() }));
    tell("saving");
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE_MS);
  }

  function save() {
    saving ??= send().finally(() => (saving = null));
    return saving;
  }

  async function send() {
    while (dirty) {
      dirty = false;
      try {
        const { etag } = await call("PUT", `/v1/calls/${callId}/draft`, { body: { ...read(), typed_at: Date.now() }, match: version });
        version = etag;
        if (!dirty) {
          sessionStorage.removeItem(local);
          tell("saved");
        }
      } catch (error) {
        if (error instanceof Refused && error.status === 412) {
          // Somebody else writes in the same call: what is on this screen counts, over what was read anew.
          version = (await call("GET", `/v1/calls/${callId}/draft`).catch(() => ({}))).etag ?? null;
          tell("newer");
          dirty = true;
          continue;
        }
        dirty = true;
        tell("kept");
        clearTimeout(timer);
        if (!(error instanceof Refused) || error.status >= 500) timer = setTimeout(save, AGAIN_MS);
        return;
      }
    }
  }

  async function load() {
    const own = JSON.parse(sessionStorage.getItem(local) ?? "null");
    const kept = await call("GET", `/v1/calls/${callId}/draft`).catch(() => null);
    version = kept?.etag ?? null;
    const theirs = kept?.body.body;
    const newest = own && (!theirs || own.at > (theirs.typed_at ?? 0)) ? own.body : theirs;
    if (newest) write(newest);
    live = true;
    if (newest && newest !== theirs) touch();
    else if (newest) tell("saved");
  }

  return {
    load,
    touch,
    /** Waits for what is being saved. */
    async flush() {
      clearTimeout(timer);
      if (dirty) await save();
    },
    /** It is a case now. */
    done() {
      live = false;
      sessionStorage.removeItem(local);
    },
  };
}
