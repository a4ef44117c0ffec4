// Pages work without this. It keeps [data-part] elements as new as the stream (body[data-live]), says changes politely,
// lets the reader pause them, and sends votes without leaving the page. Nothing outside [data-part] is rewritten.

const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const KEY = "shiptally-live";
const address = document.body.dataset.live;

// --- Parts

// Makes `from` equal to `to`, keeping its nodes: bars glide and focus stays.
function morph(from, to) {
  const old = [...from.childNodes];
  const fresh = [...to.childNodes];
  fresh.forEach((node, i) => {
    const was = old[i];
    if (!was) from.append(node);
    else if (was.nodeName !== node.nodeName) was.replaceWith(node);
    else if (node.nodeType !== 1) {
      if (was.data !== node.data) was.data = node.data;
    } else {
      for (const { name } of [...was.attributes]) if (!node.hasAttribute(name)) was.removeAttribute(name);
      for (const { name, value } of node.attributes) if (was.getAttribute(name) !== value) was.setAttribute(name, value);
      morph(was, node);
    }
  });
  old.slice(fresh.length).forEach((node) => node.remove());
}

function setPart(id, html) {
  const part = document.getElementById(id);
  if (!part?.hasAttribute("data-part")) return;
  const box = document.createElement("template");
  box.innerHTML = html;
  morph(part, box.content);
  announce(id, wordsOf(part));
}

// --- The live region: the newest state only, at most every 5 seconds, and nothing while paused

const wordsOf = (part) => part.querySelector("[data-say]")?.dataset.say;
const known = new Map(all("[data-part]").map((part) => [part.id, wordsOf(part)]));
const waiting = new Map();
let speaking;

// What is back where it was when last spoken of is no news.
function announce(id, words) {
  if (paused) known.set(id, words);
  if (!words || words === known.get(id)) return waiting.delete(id);
  waiting.set(id, words);
  speaking ??= setTimeout(speak, 300);
}

function speak() {
  const region = document.querySelector("[data-live-say]");
  speaking = undefined;
  if (!region || !waiting.size) return;
  region.textContent = [...waiting.values()].join(". ");
  for (const [id, words] of waiting) known.set(id, words);
  waiting.clear();
  speaking = setTimeout(speak, 5000);
}

function fallSilent() {
  clearTimeout(speaking);
  speaking = undefined;
  waiting.clear();
}

// --- The stream. To one site a browser opens six connections at most, so its visible windows hold three streams together,
// by locks. The others look every few seconds: they open theirs for a moment, which brings all that it stands for.

const STREAMS = 3;
const LOOK_EVERY = 4000;
let following, stream, held, retry, wait = 2000;
let paused = remembered() === "paused";

function remembered(value) {
  try {
    return value === undefined ? localStorage.getItem(KEY) : localStorage.setItem(KEY, value);
  } catch { /* forbidden: the choice lasts as long as the page */ }
}

// Takes the lock of this name until `signal` aborts, if it is free; answers whether it was.
const takeLock = (name, signal) =>
  new Promise((answer) => {
    const hold = (lock) => {
      answer(lock && !signal.aborted);
      return lock && !signal.aborted && new Promise((done) => signal.addEventListener("abort", done));
    };
    navigator.locks.request(name, { ifAvailable: true }, hold).catch(() => answer(false));
  });

// Whether this window may hold its stream. Over plain http there are no locks: there it is the one that has the focus.
async function mayHold(signal) {
  if (!navigator.locks) return document.hasFocus();
  for (let n = 0; n < STREAMS; n++) if (await takeLock(`${KEY}-${n}`, signal)) return true;
  return false;
}

async function open() {
  if (!address || following || paused || document.hidden) return;
  const ours = (following = new AbortController());
  const mayStay = await mayHold(ours.signal);
  if (ours.signal.aborted) return;
  held = mayStay;
  let quiet;
  stream = new EventSource(address);
  stream.addEventListener("part", (event) => {
    wait = 2000;
    const { id, html } = JSON.parse(event.data);
    setPart(id, html);
    if (held) return;
    clearTimeout(quiet);
    quiet = setTimeout(() => following === ours && again(LOOK_EVERY), 200);
  });
  stream.onerror = () => {
    // The browser reconnects by itself unless the answer was final.
    if (stream?.readyState !== EventSource.CLOSED) return;
    again(wait);
    wait = Math.min(wait * 2, 60000);
  };
}

function close() {
  clearTimeout(retry);
  following?.abort();
  stream?.close();
  following = stream = undefined;
}

function again(after) {
  close();
  retry = setTimeout(open, after + Math.random() * 1000);
}

const follow = () => (document.hidden ? close() : open());
document.addEventListener("visibilitychange", follow);
addEventListener("pagehide", close);
if (!navigator.locks) {
  for (const change of ["focus", "blur"]) addEventListener(change, () => following && again(0));
}

const toggles = address ? all("[data-live-toggle]") : [];

function pause(now) {
  paused = now;
  toggles.forEach((button) => button.setAttribute("aria-pressed", paused));
  if (!paused) return follow();
  close();
  fallSilent();
}

for (const button of toggles) {
  button.hidden = false;
  button.addEventListener("click", () => {
    pause(!paused);
    remembered(paused ? "paused" : "on");
  });
}

// The choice holds for all open tabs, and for a page that was kept aside while it was made.
addEventListener("storage", ({ key, newValue }) => {
  if (key === KEY) pause(newValue === "paused");
});
addEventListener("pageshow", () => pause((remembered() ?? (paused && "paused")) === "paused"));
pause(paused);

// --- The vote

function say(form, words, bad = false) {
  const line = form.querySelector("[data-vote-say]");
  line.textContent = words;
  line.classList.toggle("bad", bad);
}

// Shows one's own vote where no stream brings it: while paused, nothing moves but the tally of the tool voted on. That may
// be called differently by now than on this page, or have gone into another.
async function refresh(slug, tool) {
  const page = await fetch(`/tools/${tool}`, { headers: { Accept: "text/html" }, cache: "no-store" });
  if (!page.ok) return;
  const fresh = new DOMParser().parseFromString(await page.text(), "text/html");
  const part = fresh.getElementById(`tally-${tool}`);
  if (part) setPart(`tally-${slug}`, part.innerHTML);
}

async function cast(form, choice) {
  const answer = await fetch(form.action, {
    method: "POST",
    headers: { Accept: "application/json" },
    body: new URLSearchParams({ choice }),
  });
  if (answer.status === 401) {
    // Signed out: post as a form, so that the server keeps the choice and asks to sign in.
    const kept = Object.assign(document.createElement("input"), { type: "hidden", name: "choice", value: choice });
    form.append(kept);
    form.submit();
    kept.remove();
    return;
  }
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok || !body.tool) {
    say(form, body.error?.message || "That did not work. Try again.", true);
    return;
  }
  const mine = body.your_vote ?? null;
  for (const button of all("button[aria-pressed]", form)) button.setAttribute("aria-pressed", button.value === mine);
  const back = form.querySelector("[value=retract]");
  if (!mine && document.activeElement === back) form.querySelector("button").focus();
  back.hidden = !mine;
  // Before it is said that it counts, it does.
  const slug = form.dataset.vote;
  const comes = held && stream?.readyState === EventSource.OPEN && body.tool === slug;
  if (!comes) await refresh(slug, body.tool).catch(() => {});
  say(form, mine ? `Your ${mine === "ship" ? "Ship" : "Skip"} vote is counted.` : "Vote removed.");
  if (!comes) again(0);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const choice = event.submitter?.value;
  if (!form.matches("form[data-vote]") || !choice) return;
  event.preventDefault();
  if (form.dataset.pending) return;
  form.dataset.pending = "yes";
  const buttons = all("button", form);
  buttons.forEach((button) => button.setAttribute("aria-disabled", "true"));
  // An earlier failure does not stand beside another try.
  if (form.querySelector("[data-vote-say].bad")) say(form, "Sending your vote…");
  cast(form, choice)
    .catch(() => say(form, "Your vote was not sent. Try again.", true))
    .finally(() => {
      delete form.dataset.pending;
      buttons.forEach((button) => button.removeAttribute("aria-disabled"));
    });
});
