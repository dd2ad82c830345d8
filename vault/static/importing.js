// Importing: the server looks at the table and the list of files, then the files go one by one as raw bodies, then all
// of it is registered. The server decides everything and writes every page; this script sends and shows how far it is.
import { createSender, explainer, readTexts } from "./sending.js";

const root = document.querySelector("[data-import]");
if (root) start(root);

function start(root) {
  const texts = readTexts("import-texts");
  const explain = explainer(texts);
  const chosen = new Map(); // path below the chosen folder -> file; kept while the page's parts are exchanged
  let busy = false;

  root.hidden = false;
  document.querySelector("[data-needs-script]").hidden = true;
  root.addEventListener("change", (event) => {
    if (event.target.matches("[data-folder], [data-files]")) choose(event.target);
  });
  root.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.target.matches("[data-begin]")) alone(() => look(event.target, event.submitter?.value ?? "check"));
    else alone(() => finish(event.target));
  });
  root.addEventListener("click", (event) => {
    if (event.target.closest("[data-send]")) alone(send);
  });
  window.addEventListener("beforeunload", (event) => {
    if (busy) event.preventDefault();
  });

  // A browser puts the folder's own name before each path; a table names files below it.
  function choose(input) {
    chosen.clear();
    for (const file of input.files) {
      const below = file.webkitRelativePath.split("/").slice(1).join("/");
      chosen.set((below || file.name).normalize("NFC"), file);
    }
    for (const other of root.querySelectorAll("[data-folder], [data-files]")) if (other !== input) other.value = "";
    root.querySelector("[data-chosen]").textContent = texts.chosen.replace("{count}", chosen.size);
  }

  async function look(form, step) {
    const [table] = form.querySelector("[name=table]").files;
    const same = (file) => file.name === table?.name && file.size === table.size && file.lastModified === table.lastModified;
    const files = [...chosen].filter(([, file]) => !same(file));
    if (!files.length) return say(texts.none);
    const size = files.reduce((sum, [, file]) => sum + file.size, 0);
    if (files.length > Number(root.dataset.mostFiles) || size > Number(root.dataset.mostBytes)) return say(texts.too_much);
    say(texts.looking);
    const data = new FormData(form);
    data.set("files", JSON.stringify(files.map(([path, file]) => [path, file.size])));
    data.set("step", step);
    const answer = await ask(form, data);
    say("");
    if (answer.status === 201 && answer.page) {
      exchange(answer.page, "[data-import]");
      return send();
    }
    if (!answer.page) return say(explain(answer));
    exchange(answer.page, "[data-result]");
    root.querySelector("[data-result]").focus();
  }

  async function send() {
    const rows = [...root.querySelectorAll("[data-url]")];
    const ready = rows.filter((row) => chosen.has(row.dataset.path) && !row.classList.contains("accepted"));
    if (!ready.length) return say(texts.nothing_fits);
    for (const row of ready) show(row, "waiting");
    const idle = [...root.querySelectorAll("[data-again], [data-send]")];
    for (const part of idle) part.hidden = true;
    const clean = await sendAll(ready);
    for (const part of idle) part.hidden = false;
    // What was refused stays before one's eyes with its reason; otherwise the server says how the import stands.
    if (!clean) return undefined;
    const form = root.querySelector("form");
    const page = await ask(root, null);
    if (page.page && form.isConnected) exchange(page.page, "[data-import]");
    return undefined;
  }

  // Resolves to whether every one was accepted.
  async function sendAll(ready) {
    const token = root.querySelector("[name=csrfmiddlewaretoken]").value;
    const sender = createSender(token);
    let clean = true;
    for (const [index, row] of ready.entries()) {
      show(row, "sending");
      const answer = await sender.put(row.dataset.url, chosen.get(row.dataset.path), {
        onAbort: () => {},
        onProgress: (share) => {
          row.querySelector("progress").value = Math.round(share * 100);
          if (share === 1) row.querySelector("[data-state]").textContent = texts.checking;
        },
        isWanted: () => true,
        onWait: (seconds) => say(texts.retrying.replace("{seconds}", seconds)),
      });
      const state = answer.body?.state ?? (answer.cut ? "cut" : "refused");
      show(row, state, state === "accepted" ? [] : answer.body?.reasons ?? [explain(answer)]);
      if (state === "accepted") arrived();
      else clean = false;
      if (state === "cut") {
        say(explain(answer));
        return false;
      }
      say(texts.progress.replace("{done}", index + 1).replace("{total}", ready.length));
    }
    return clean;
  }

  function arrived() {
    const told = root.querySelector("[data-arrived]");
    told.dataset.arrived = Number(told.dataset.arrived) + 1;
    told.textContent = texts.arrived.replace("{done}", told.dataset.arrived).replace("{total}", told.dataset.total);
  }

  async function finish(form) {
    say(texts.registering);
    const answer = await ask(form, new FormData(form));
    if (answer.body?.location) {
      busy = false;
      return location.assign(answer.body.location);
    }
    if (!answer.page) return say(explain(answer));
    exchange(answer.page, "[data-import]");
    return undefined;
  }

  // Parsed as a document by the browser itself: nothing in it is run.
  function ask(form, data) {
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      request.open(data ? "POST" : "GET", data ? form.getAttribute("action") : location.pathname);
      request.responseType = "blob";
      const end = async () => resolve(await read(request));
      request.addEventListener("load", end);
      request.addEventListener("error", end);
      request.send(data);
    });
  }

  async function read(request) {
    const text = request.response ? await request.response.text() : "";
    const kind = request.getResponseHeader("Content-Type") ?? "";
    const page = kind.startsWith("text/html") ? new DOMParser().parseFromString(text, "text/html") : null;
    let body = null;
    if (kind.startsWith("application/json")) body = JSON.parse(text);
    return { status: request.status, body, page: page?.querySelector("[data-import]") ? page : null };
  }

  function exchange(page, part) {
    const fresh = page.querySelector(part);
    const here = part === "[data-import]" ? root : root.querySelector(part);
    here.replaceChildren(...[...fresh.childNodes].map((node) => document.importNode(node, true)));
  }

  function show(row, state, reasons = []) {
    row.className = state;
    const tag = row.querySelector("[data-state]");
    tag.textContent = texts[state];
    tag.className = `tag ${{ accepted: "ok", quarantined: "soon", refused: "late", cut: "late", sending: "info" }[state] ?? ""}`;
    const list = row.querySelector("[data-reasons]");
    list.hidden = reasons.length === 0;
    list.replaceChildren(...reasons.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
    const progress = row.querySelector("progress");
    progress.className = { accepted: "ok", refused: "bad", cut: "bad" }[state] ?? "";
    if (state === "waiting") progress.value = 0;
  }

  async function alone(work) {
    if (busy) return;
    busy = true;
    root.setAttribute("aria-busy", "true");
    try {
      await work();
    } finally {
      busy = false;
      root.removeAttribute("aria-busy");
    }
  }

  function say(text) {
    root.querySelector("[data-status]").textContent = text;
  }
}
