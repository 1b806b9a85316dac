// One connection to the service for all pages of a browser. Pages say how far they know the feed; what they have missed
// is told again, and who has missed more than is remembered is told to read everything anew.

const REMEMBERED_MAX = 2000;
const RETRY_MS = 2000;

const ports = new Set();
let remembered = [];
let since = null;
let pos = null;
let source = null;
let live = false;

function tell(message) {
  for (const port of ports) port.postMessage(message);
}

function setLive(value) {
  live = value;
  tell({ type: "state", live });
}

function connect() {
  source = new EventSource(`/events?after=${pos}`);
  source.onopen = () => setLive(true);
  source.onerror = () => {
    setLive(false);
    // A dropped connection is taken up again by the browser itself; a refused one is not.
    if (source.readyState === EventSource.CLOSED) again();
  };
  source.addEventListener("time", (event) => tell({ type: "time", now: Number(event.data) }));
  source.addEventListener("change", (event) => {
    pos = Number(event.lastEventId);
    const change = { type: "change", pos, changes: JSON.parse(event.data) };
    remembered.push(change);
    if (remembered.length > REMEMBERED_MAX) since = remembered.shift().pos;
    tell(change);
  });
  source.addEventListener("signed-out", signedOut);
}

function signedOut() {
  source?.close();
  source = null;
  tell({ type: "signed-out" });
}

async function again() {
  source.close();
  const answer = await fetch("/events", { method: "HEAD", headers: { accept: "text/event-stream" } }).catch(() => null);
  if (answer && (answer.status === 401 || answer.status === 403)) return signedOut();
  setTimeout(connect, RETRY_MS * (1 + Math.random()));
}

function hello(port, known) {
  ports.add(port);
  if (source === null) {
    remembered = [];
    since = known;
    pos = known;
    connect();
    return;
  }
  port.postMessage({ type: "state", live });
  if (known < since) port.postMessage({ type: "missed" });
  for (const change of remembered) if (change.pos > known) port.postMessage(change);
}

self.onconnect = (event) => {
  const port = event.ports[0];
  port.onmessage = ({ data }) => {
    if (data.type === "hello") hello(port, data.pos);
    if (data.type === "bye") ports.delete(port);
  };
};
