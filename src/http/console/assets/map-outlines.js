// The ground of the map: outlines that are part of the program, so that it works with no internet. The country by its
// regions; where one looks closely, the municipalities of the prefectures in view, fetched when they are first needed.

const DETAIL_ZOOM = 9;
const NAMES_ZOOM = 6;
const NAMES_MAX = 70;

const prefectureOf = (feature) => feature.properties.code.slice(0, 2);

/** Where a name is written: the middle of the largest ring. */
function middle(feature) {
  let best = null;
  for (const [ring] of feature.geometry.coordinates) {
    let [area, x, y] = [0, 0, 0];
    for (let i = 0; i + 1 < ring.length; i += 1) {
      const cross = ring[i][0] * ring[i + 1][1] - ring[i + 1][0] * ring[i][1];
      area += cross;
      x += (ring[i][0] + ring[i + 1][0]) * cross;
      y += (ring[i][1] + ring[i + 1][1]) * cross;
    }
    if (area !== 0 && (!best || Math.abs(area) > best.area)) best = { area: Math.abs(area), at: L.latLng(y / (3 * area), x / (3 * area)) };
  }
  return best;
}

export class Outlines {
  #map;
  #fetch;
  #renderer;
  #prefectures = new Map();
  #regions = [];
  #labels = L.layerGroup();
  #areas = L.layerGroup();
  #wanted = new Set();

  /** `fetch(path)` gives GeoJSON. */
  constructor(map, fetch) {
    this.#map = map;
    this.#fetch = fetch;
    map.createPane("ground").style.zIndex = 210;
    map.createPane("areas").style.zIndex = 220;
    const names = map.createPane("names");
    names.style.zIndex = 230;
    names.style.pointerEvents = "none";
    this.#renderer = L.canvas({ pane: "ground", padding: 0.3 });
    this.#labels.addTo(map);
    this.#areas.addTo(map);
    map.on("moveend", () => this.arrange());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#restyle());
  }

  /** The country. */
  async begin() {
    const { features } = await this.#fetch("/v1/outlines");
    for (const feature of features) {
      const code = prefectureOf(feature);
      if (!this.#prefectures.has(code)) this.#prefectures.set(code, { coarse: L.layerGroup(), bounds: L.latLngBounds([]), fine: null, features: null, loading: null });
      const prefecture = this.#prefectures.get(code);
      const layer = this.#drawn(feature, "ground");
      prefecture.coarse.addLayer(layer);
      prefecture.bounds.extend(layer.getBounds());
    }
    this.#regions = features;
    this.arrange();
  }

  #style(kind) {
    const css = getComputedStyle(document.getElementById("map"));
    const colour = (name) => css.getPropertyValue(name).trim();
    if (kind === "area") return { color: colour("--map-area-line"), weight: 1.5, fillColor: colour("--map-area"), fillOpacity: 0.45 };
    const tiles = document.getElementById("map-page")?.dataset.tiles !== undefined;
    return { color: colour("--map-border"), weight: 1, fillColor: colour("--map-land"), fillOpacity: tiles ? 0 : 1 };
  }

  #drawn(feature, kind) {
    const options = { ...this.#style(kind), interactive: false };
    if (kind === "area") options.pane = "areas";
    else options.renderer = this.#renderer;
    return L.geoJSON(feature, { ...options, style: () => this.#style(kind), interactive: false });
  }

  #restyle() {
    const all = [...this.#prefectures.values()].flatMap(({ coarse, fine }) => [coarse, fine]).filter(Boolean);
    for (const group of all) group.eachLayer((layer) => layer.setStyle(this.#style("ground")));
    this.#areas.eachLayer((layer) => layer.setStyle(this.#style("area")));
  }

  /** The municipalities of a prefecture. */
  load(code) {
    const prefecture = this.#prefectures.get(code);
    if (!prefecture) return Promise.resolve([]);
    prefecture.loading ??= this.#fetch(`/v1/outlines?prefecture=${code}`).then(({ features }) => {
      prefecture.features = features;
      prefecture.fine = L.layerGroup(features.map((feature) => this.#drawn(feature, "ground")));
      this.arrange();
      return features;
    }).catch((error) => {
      prefecture.loading = null;
      throw error;
    });
    return prefecture.loading;
  }

  /** Shows what belongs to the view. */
  arrange() {
    const [map, close] = [this.#map, this.#map.getZoom() >= DETAIL_ZOOM];
    const view = map.getBounds().pad(0.1);
    const named = [];
    for (const [code, prefecture] of this.#prefectures) {
      const seen = close && prefecture.bounds.isValid() && view.intersects(prefecture.bounds);
      if (seen && !prefecture.fine) this.load(code).catch(() => {});
      const fine = seen && prefecture.fine;
      for (const [layer, shown] of [[prefecture.coarse, !fine], [prefecture.fine, fine]]) {
        if (layer && shown && !map.hasLayer(layer)) map.addLayer(layer);
        if (layer && !shown && map.hasLayer(layer)) map.removeLayer(layer);
      }
      if (fine) named.push(...prefecture.features);
    }
    this.#name(close ? named : this.#regions);
  }

  /** Writes names where there is room for them, the largest first. */
  #name(features) {
    this.#labels.clearLayers();
    if (this.#map.getZoom() < NAMES_ZOOM) return;
    const japanese = document.documentElement.lang === "ja";
    const view = this.#map.getBounds();
    const largest = new Map();
    for (const feature of features) {
      const place = (feature.middle ??= middle(feature));
      const text = japanese ? feature.properties.name : feature.properties.name_en ?? feature.properties.name;
      if (place && (largest.get(text)?.area ?? 0) < place.area) largest.set(text, place);
    }
    const rooms = [];
    for (const [text, { at }] of [...largest].sort((one, other) => other[1].area - one[1].area)) {
      if (!view.contains(at) || rooms.length >= NAMES_MAX) continue;
      const { x, y } = this.#map.latLngToContainerPoint(at);
      const half = (text.length * (japanese ? 12 : 7)) / 2 + 6;
      if (rooms.some((room) => Math.abs(room.x - x) < room.half + half && Math.abs(room.y - y) < 18)) continue;
      rooms.push({ x, y, half });
      const label = document.createElement("span");
      label.textContent = text;
      this.#labels.addLayer(L.marker(at, { pane: "names", interactive: false, keyboard: false, icon: L.divIcon({ className: "place-name", html: label, iconSize: null }) }));
    }
  }

  /** Fills the municipalities of these codes; answers their bounds, or nothing where others were asked for meanwhile. */
  async fill(codes) {
    const wanted = new Set(codes);
    this.#wanted = wanted;
    this.#areas.clearLayers();
    if (wanted.size === 0) return null;
    const prefectures = [...new Set([...wanted].map((code) => code.slice(0, 2)))];
    const features = (await Promise.all(prefectures.map((code) => this.load(code)))).flat();
    if (this.#wanted !== wanted) return null;
    const bounds = L.latLngBounds([]);
    for (const feature of features) {
      if (!feature.properties.jis_codes.some((code) => wanted.has(code))) continue;
      const layer = this.#drawn(feature, "area");
      this.#areas.addLayer(layer);
      bounds.extend(layer.getBounds());
    }
    return bounds.isValid() ? bounds : null;
  }
}
