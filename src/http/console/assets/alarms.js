// Alarms that are heard: when one begins to ring, and each time one rings again. Every browser decides for itself.

const KEY = "kaketsuke-sound";
let audio = null;
let heard = null;

const isOn = () => localStorage.getItem(KEY) !== "off";

/** Two short tones; silent until somebody has used the page, as browsers demand. */
function sound() {
  audio ??= new AudioContext();
  if (audio.state !== "running") return audio.resume().catch(() => {});
  for (const [at, pitch] of [[0, 880], [0.22, 660]]) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.0001, audio.currentTime + at);
    volume.gain.exponentialRampToValueAtTime(0.25, audio.currentTime + at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + at + 0.2);
    tone.connect(volume).connect(audio.destination);
    tone.start(audio.currentTime + at);
    tone.stop(audio.currentTime + at + 0.2);
  }
}

/** Looks at the alarms that are on the page now. */
export function look() {
  const alarms = document.querySelector(".alarms");
  if (!alarms) return;
  const rung = Number(alarms.dataset.ringing) > 0 ? Number(alarms.dataset.rung) : 0;
  if (heard !== null && rung > heard && isOn()) sound();
  heard = rung;
  for (const button of document.querySelectorAll(".sound")) button.setAttribute("aria-pressed", String(isOn()));
}

document.addEventListener("click", (event) => {
  if (!event.target.closest?.(".sound")) return;
  localStorage.setItem(KEY, isOn() ? "off" : "on");
  if (isOn()) sound();
  look();
});
