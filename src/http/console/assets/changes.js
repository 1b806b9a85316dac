// What changes at the service, for a page. See changes-worker.js.
import { setNow } from "./clocks.js";

/**
 * Follows the changes from a position on. `heard` has `changed(changes)`, `missed()` and `signedOut()`.
 */
export function follow(worker, pos, heard) {
  let known = pos;
  const shared = new SharedWorker(worker, { name: "kaketsuke" });
  const connection = document.getElementById("connection");
  shared.port.onmessage = ({ data }) => {
    if (data.type === "time") setNow(data.now);
    if (data.type === "missed") heard.missed();
    if (data.type === "signed-out") heard.signedOut();
    if (data.type === "change") {
      known = Math.max(known, data.pos);
      heard.changed(data.changes);
    }
    if (data.type === "state") {
      connection.hidden = false;
      connection.dataset.state = data.live ? "live" : "lost";
      connection.textContent = data.live ? connection.dataset.live : connection.dataset.lost;
    }
  };
  shared.port.start();
  const hello = () => shared.port.postMessage({ type: "hello", pos: known });
  hello();
  window.addEventListener("pagehide", () => shared.port.postMessage({ type: "bye" }));
  window.addEventListener("pageshow", (event) => event.persisted && hello());
}
