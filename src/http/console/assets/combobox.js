// A field one types into and picks from a list by keys (the combobox pattern of WAI-ARIA). Options may come from the
// service while one types; an answer that is overtaken is dropped.

let made = 0;

/**
 * @param input the text field
 * @param find  `(text) => options | Promise<options>`; an option is `{label, detail, tag, ...}`
 * @param picked `(option) => void`, when one was chosen
 */
export function combobox(input, { find, picked, wait = 0 }) {
  const list = document.createElement("ul");
  list.id = `options-${(made += 1)}`;
  list.className = "options";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.labels?.[0]?.textContent ?? "");
  list.hidden = true;
  input.after(list);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");
  input.autocomplete = "off";
  let options = [];
  let at = -1;
  let asked = 0;
  let timer = null;

  function close() {
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function mark(index) {
    list.children[at]?.setAttribute("aria-selected", "false");
    at = index;
    const item = list.children[at];
    if (!item) return input.removeAttribute("aria-activedescendant");
    item.setAttribute("aria-selected", "true");
    item.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", item.id);
  }

  function show(found) {
    options = found;
    list.replaceChildren(...found.map((option, index) => {
      const item = document.createElement("li");
      item.id = `${list.id}-${index}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      const label = document.createElement("span");
      label.textContent = option.label;
      item.append(label);
      if (option.detail) {
        const detail = document.createElement("small");
        detail.textContent = option.detail;
        item.append(detail);
      }
      if (option.tone) item.dataset.tone = option.tone;
      item.addEventListener("mousedown", (event) => {
        event.preventDefault();
        choose(index);
      });
      return item;
    }));
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(found.length > 0));
    mark(found.length > 0 ? 0 : -1);
  }

  function choose(index) {
    const option = options[index];
    close();
    if (option) picked(option);
  }

  async function search() {
    const mine = (asked += 1);
    const found = await find(input.value.trim());
    if (mine === asked && document.activeElement === input) show(found);
    return mine === asked;
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, wait);
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", async (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) return void search();
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark((at + step + options.length) % options.length);
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      if (list.hidden && input.value.trim() === "") return;
      event.preventDefault();
      event.stopPropagation();
      // Who types fast presses Enter before the list is there: what comes first is meant.
      clearTimeout(timer);
      if (list.hidden || timer !== null) {
        if (!(await search())) return;
      }
      timer = null;
      choose(Math.max(at, 0));
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  });
}

/** Whether a text is found in others, whatever its width or case. */
export function matcher(text) {
  const plain = (word) => word.normalize("NFKC").toLowerCase();
  const words = plain(text).split(/\s+/).filter(Boolean);
  return (...texts) => {
    const whole = texts.map(plain).join(" ");
    return words.every((word) => whole.includes(word));
  };
}
