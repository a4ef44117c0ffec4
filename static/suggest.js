// Suggests tools in input[data-suggest], as ARIA 1.2's editable combobox: "go" opens the tool's page, "fill" writes its
// name. data-from says where else than on the public list they are asked for. Without this they are plain fields.

// Strings become text, never markup.
function set(element, attributes, ...inside) {
  for (const name in attributes) element.setAttribute(name, attributes[name]);
  element.append(...inside);
  return element;
}

const make = (name, ...rest) => set(document.createElement(name), ...rest);

// Texts as the search compares them, near enough to sift by.
const folded = (text) => text.normalize("NFKD").replace(/[\p{M}\p{DI}]/gu, "").toLowerCase();

document.querySelectorAll("input[data-suggest]").forEach((input, i) => {
  const goes = input.dataset.suggest === "go";
  const from = input.dataset.from ?? "/tools?q=";
  const id = `suggest-${i}`;
  const list = make("ul", { id, class: "suggest", role: "listbox", "aria-label": "Tools" });
  const status = make("p", { class: "visually-hidden", role: "status" });
  // For the eye what the status says: a line that cannot be chosen, and so outside of the list.
  const none = make("ul", { class: "suggest none", "aria-hidden": "true" }, make("li", { class: "muted" }, "No suggestions"));
  let tools = [];
  let active = -1;
  let timer, request;

  const typed = () => input.value.trim();
  // Two characters, or one of a script in which one is a word.
  const isEnough = () => /..|[^\0-\x7f]/su.test(typed());

  function point(to) {
    active = to;
    [...list.children].forEach((option, n) => set(option, { "aria-selected": n === to }));
    const option = list.children[to];
    set(input, { "aria-activedescendant": option?.id ?? "" });
    option?.scrollIntoView({ block: "nearest" });
  }

  function show(found) {
    const chosen = tools[active]?.slug;
    tools = found;
    list.replaceChildren(...tools.map(({ name, category, tagline }, n) =>
      make("li", { id: `${id}-${n}`, role: "option" },
        make("b", {}, make("bdi", {}, name)), " ",
        make("span", {}, make("bdi", {}, category), tagline && " · ", make("bdi", {}, tagline)))));
    list.scrollTop = 0;
    list.hidden = !tools[0];
    none.hidden = !list.hidden;
    point(tools.findIndex(({ slug }) => slug === chosen));
    set(input, { "aria-expanded": !list.hidden });
    status.textContent = `${tools.length || "No"} suggestion${tools.length === 1 ? "" : "s"}`;
  }

  // Leaves of what is shown only what fits the text as it is now, until the answer to it comes.
  function sift() {
    const words = folded(typed()).split(/\s+/);
    const fits = ({ name, category, tagline }) => words.every((word) => folded(`${name} ${category} ${tagline}`).includes(word));
    const left = tools.filter(fits);
    left[0] ? show(left) : close();
  }

  // What is chosen of the list stays chosen while an answer is awaited.
  function stop() {
    clearTimeout(timer);
    request?.abort();
  }

  function close() {
    stop();
    show([]);
    none.hidden = true;
    status.textContent = "";
  }

  async function ask() {
    stop();
    const { signal } = (request = new AbortController());
    try {
      const asked = { headers: { Accept: "application/json" }, signal };
      const answer = await fetch(from + encodeURIComponent(typed()), asked);
      const { tools: found, near, comparison } = await answer.json();
      for (const tool of found) {
        // Where the name may mean another tool, the slug cannot.
        const low = tool.name.toLowerCase();
        const twin = found.some((one) => one !== tool && [one.slug, one.name.toLowerCase()].includes(low));
        tool.word = twin ? tool.slug : tool.name;
      }
      for (const tool of found) if (near) tool.category = `Similar name · ${tool.category}`;
      if (goes && comparison) found.unshift({ ...comparison, category: "Compare the two", tagline: "" });
      // No tool is compared with itself.
      const others = goes ? [] : [...input.form].map((one) => one !== input && one.value);
      if (!signal.aborted) show(found.filter((tool) => !others.includes(tool.slug) && !others.includes(tool.word)));
    } catch {
      if (!signal.aborted) close();
    }
    return !signal.aborted;
  }

  function choose({ slug, word, path }) {
    close();
    if (goes) return location.assign(path ?? `/tools/${slug}`);
    input.value = word;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  input.list?.remove();
  input.removeAttribute("list");
  set(input, { role: "combobox", "aria-autocomplete": "list", "aria-controls": id, autocomplete: "off" });
  input.after(list, none, status);
  close();
  input.oninput = () => {
    if (!isEnough()) return close();
    stop();
    point(-1);
    sift();
    timer = setTimeout(ask, 150);
  };
  input.onkeydown = (event) => {
    const { key } = event;
    const chosen = tools[active];
    if (event.isComposing) return;
    if (list.hidden) {
      if (key === "Escape" && !none.hidden) close();
      else if (key === "ArrowDown" && isEnough()) ask().then((shown) => shown && point(0));
      else return;
    } else if (key === "ArrowDown") point((active + 1) % tools.length);
    else if (key === "ArrowUp") point((active > 0 ? active : tools.length) - 1);
    else if (key === "Enter" && chosen) choose(chosen);
    else if (key === "Escape") close();
    else {
      if (/^(Home|End|Arrow)/.test(key)) point(-1);
      if (key === "Tab" && chosen && !goes) choose(chosen);
      return;
    }
    event.preventDefault();
  };
  input.onblur = close;
  list.onmousedown = none.onmousedown = (event) => event.preventDefault();
  list.onclick = ({ target }) => {
    const option = target.closest("li");
    if (option) choose(tools[option.id.slice(id.length + 1)]);
  };
});
