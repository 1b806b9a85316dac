// Where it is: a small map with a pin that follows the address, and can be put elsewhere by mouse or by Shift and the
// arrow keys. Leaflet is a global of its own file.

import { Outlines } from "./map-outlines.js";
import { call } from "./send.js";

const STEP_DEGREES = 0.0001;
const DIRECTIONS = { ArrowUp: [1, 0], ArrowDown: [-1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/** `moved(coordinates | null)` when a person has put it elsewhere, or back. */
export function startPin(element, moved) {
  const state = document.getElementById("pin-state");
  let map = null;
  let marker = null;
  let home = null;

  function put(lat, lon) {
    marker.setLatLng([lat, lon]);
    state.textContent = state.dataset.moved;
    moved([Number(lon.toFixed(6)), Number(lat.toFixed(6))]);
  }

  function make(lat, lon) {
    map = L.map(element, { attributionControl: false, zoomSnap: 0.5 }).setView([lat, lon], 12);
    const icon = L.divIcon({ className: "pin", iconSize: [22, 30], iconAnchor: [11, 30] });
    marker = L.marker([lat, lon], { draggable: true, keyboard: true, icon, alt: document.getElementById("map-title").textContent }).addTo(map);
    marker.on("dragend", () => put(marker.getLatLng().lat, marker.getLatLng().lng));
    L.control.scale({ imperial: false }).addTo(map);
    // Without them the pin stands on plain ground.
    new Outlines(map, async (path) => (await call("GET", path)).body).begin().catch(() => {});
    marker.getElement().addEventListener("keydown", (event) => {
      const direction = event.shiftKey && DIRECTIONS[event.key];
      if (!direction) return;
      event.preventDefault();
      event.stopPropagation();
      const at = marker.getLatLng();
      put(at.lat + direction[0] * STEP_DEGREES, at.lng + direction[1] * STEP_DEGREES);
    });
  }

  return {
    /** Shows an address, or where a person has put it. */
    showAt([lon, lat], pinned) {
      home = [lat, lon];
      const [y, x] = pinned ? [pinned[1], pinned[0]] : home;
      if (map) {
        marker.setLatLng([y, x]);
        map.setView([y, x]);
      } else {
        make(y, x);
      }
      element.dataset.at = `${y},${x}`;
      state.textContent = pinned ? state.dataset.moved : "";
    },
  };
}
