// Filing: opens an upload session with what the form says, sends each file as a raw body, then registers.
// The server decides everything; this page only shows it. Without this script the same form posts its files whole.
import { createSender, explainer, readTexts } from "./sending.js";

const form = document.querySelector("form[data-session-url]");
if (form) start(form);

function start(form) {
  const texts = readTexts("filing-texts");
  const explain = explainer(texts);
  const sender = createSender(form.querySelector("[name=csrfmiddlewaretoken]").value);
  const list = form.querySelector("[data-uploads]");
  const input = form.querySelector("[name=files]");
  const drop = form.querySelector("[data-drop]");
  const status = form.querySelector("[data-status]");
  const submit = form.querySelector("[data-submit]");
  const decide = form.querySelector("[data-decide]");
  const description = form.querySelector("[data-description]");
  const rows = [];
  let session = null;
  let busy = false;
  let finished = false;
  let lastNumber = 0;

  for (const hint of form.querySelectorAll("[data-drop-hint]")) hint.hidden = false;
  form.querySelector("[data-file-label]").classList.add("btn");
  drop.classList.add("ready");
  input.addEventListener("change", () => {
    add([...input.files]);
    input.value = "";
  });
  for (const kind of ["dragenter", "dragover"]) {
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    const items = [...event.dataTransfer.items].filter((item) => item.kind === "file");
    if (items.some((item) => item.webkitGetAsEntry?.()?.isDirectory)) say(texts.folder);
    add(items.filter((item) => !item.webkitGetAsEntry?.()?.isDirectory).map((item) => item.getAsFile()));
  });
  // A file dropped beside the zone would otherwise replace the page.
  for (const kind of ["dragover", "drop"]) window.addEventListener(kind, (event) => event.preventDefault());
  window.addEventListener("beforeunload", (event) => {
    if (rows.length && !finished) event.preventDefault();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!busy) proceed();
  });

  function add(files) {
    for (const file of files.filter(Boolean)) {
      const same = (row) =>
        row.file.name === file.name && row.file.size === file.size && row.file.lastModified === file.lastModified;
      if (rows.some(same)) say(texts.twice);
      else rows.push(createRow(file));
    }
    list.hidden = rows.length === 0;
    refresh();
  }

  function createRow(file) {
    const element = document.getElementById("upload-row").content.firstElementChild.cloneNode(true);
    const part = (name) => element.querySelector(`[data-${name}]`);
    const row = { file, element, part, number: (lastNumber += 1), state: "waiting", abort: null };
    part("name").textContent = visible(file.name);
    part("size").textContent = sizeLabel(file.size, texts.size_units);
    element.querySelector("progress").setAttribute("aria-label", file.name);
    part("remove").addEventListener("click", () => {
      row.abort?.();
      if (session && row.state !== "waiting") sender.drop(address(row));
      rows.splice(rows.indexOf(row), 1);
      element.remove();
      list.hidden = rows.length === 0;
      input.focus();
      refresh();
    });
    part("retry").addEventListener("click", () => {
      show(row, "waiting");
      if (!busy) proceed();
    });
    list.append(element);
    show(row, "waiting");
    if (file.size === 0) show(row, "refused", [texts.empty]);
    return row;
  }

  function show(row, state, reasons = []) {
    row.state = state;
    row.element.className = state;
    row.part("state").textContent = texts[state];
    row.part("state").className = `tag ${{ accepted: "ok", quarantined: "soon", refused: "late", cut: "late", sending: "info", checking: "info" }[state] ?? ""}`;
    row.part("retry").hidden = state !== "cut";
    row.part("reasons").hidden = reasons.length === 0;
    row.part("reasons").replaceChildren(...reasons.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
    const progress = row.element.querySelector("progress");
    progress.className = { accepted: "ok", refused: "bad", cut: "bad" }[state] ?? "";
    if (state === "waiting" || state === "cut") progress.value = 0;
    if (state === "accepted" || state === "quarantined") progress.value = 100;
    refresh();
  }

  function refresh() {
    const undecided = rows.filter((row) => row.state === "quarantined" || row.state === "refused" || row.hinted);
    const accepted = rows.filter((row) => row.state === "accepted");
    const waiting = rows.some((row) => row.state === "waiting" || row.state === "cut");
    decide.hidden = !session || busy || waiting || !undecided.some((row) => row.state !== "accepted");
    submit.disabled = busy || Boolean(session && !waiting && accepted.length === 0);
    if (!session) return;
    submit.textContent = waiting ? texts.continue : texts.register.replace("{count}", accepted.length);
  }

  async function proceed() {
    if (!rows.some((row) => row.state !== "refused")) return say(texts.none, input);
    setBusy(true);
    try {
      if (!session && !(await openSession())) return;
      const before = rows.some((row) => row.state === "waiting" || row.state === "cut");
      if (!(await sendAll())) return;
      const clean = rows.every((row) => row.state === "accepted" && !row.hinted);
      // Whatever needs a look stops once; pressing the button again is the answer.
      if (clean || !before) await register();
    } finally {
      setBusy(false);
    }
  }

  async function openSession() {
    say(texts.opening);
    const data = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") data.append(name, value);
    const answer = await sender.post(form.dataset.sessionUrl, data);
    if (!answer.ok) return refuse(answer);
    showErrors({});
    session = answer.body;
    description.disabled = true;
    return true;
  }

  async function sendAll() {
    for (;;) {
      const row = rows.find((one) => one.state === "waiting");
      if (!row) break;
      const answer = await sendOne(row);
      if (!rows.includes(row)) continue;
      if (answer.body?.state) {
        row.part("type").textContent = answer.body.media_type_label ?? "";
        if (answer.body.size_label) row.part("size").textContent = answer.body.size_label;
        row.hinted = Boolean(answer.body.duplicate_hint);
        show(row, answer.body.state, [...(answer.body.reasons ?? []), answer.body.duplicate_hint].filter(Boolean));
      } else if (answer.cut) {
        show(row, "cut");
        say(explain(answer));
        return false;
      } else {
        show(row, "refused", [explain(answer)]);
      }
      const sent = rows.filter((one) => !["waiting", "sending"].includes(one.state)).length;
      say(texts.progress.replace("{done}", sent).replace("{total}", rows.length));
    }
    return !rows.some((row) => row.state === "cut");
  }

  function address(row) {
    return session.put_url_template.replace("{position}", row.number);
  }

  function sendOne(row) {
    show(row, "sending");
    return sender.put(address(row), row.file, {
      onAbort: (abort) => (row.abort = abort),
      onProgress: (share) => {
        row.element.querySelector("progress").value = Math.round(share * 100);
        if (share === 1) row.part("state").textContent = texts.checking;
      },
      isWanted: () => rows.includes(row),
      onWait: (seconds) => say(texts.retrying.replace("{seconds}", seconds)),
    });
  }

  async function register() {
    say(texts.registering);
    const numbers = rows.filter((row) => row.state === "accepted").map((row) => row.number);
    const answer = await sender.post(session.register_url, { files: numbers });
    if (!answer.ok) return refuse(answer);
    finished = true;
    location.assign(answer.body.location);
  }

  function refuse(answer) {
    const errors = answer.body?.errors;
    if (errors) showErrors(errors);
    say(errors ? texts.correct : explain(answer));
    return false;
  }

  function showErrors(errors) {
    const summary = form.querySelector("[data-form-errors]");
    summary.replaceChildren();
    for (const field of form.querySelectorAll("[data-field]")) {
      const found = errors[field.dataset.field] ?? [];
      const slot = field.querySelector("[data-errors]") ?? field;
      slot.replaceChildren();
      field.classList.toggle("wrong", found.length > 0);
      for (const control of field.querySelectorAll("input, select, textarea")) {
        if (found.length) control.setAttribute("aria-invalid", "true");
        else control.removeAttribute("aria-invalid");
        describe(control, `id_${field.dataset.field}_error`, found.length > 0);
      }
      if (found.length) slot.append(errorList(found, `id_${field.dataset.field}_error`));
    }
    const known = new Set([...form.querySelectorAll("[data-field]")].map((field) => field.dataset.field));
    const general = Object.entries(errors).filter(([name]) => !known.has(name)).flatMap(([, found]) => found);
    if (general.length) {
      const box = Object.assign(document.createElement("div"), { className: "summary" });
      box.setAttribute("role", "alert");
      box.append(errorList(general, "id_form_error"));
      summary.append(box);
    }
    form.querySelector(".wrong :is(input, select, textarea)")?.focus();
  }

  function say(text, focus = null) {
    status.textContent = text;
    focus?.focus();
  }

  function setBusy(value) {
    busy = value;
    form.setAttribute("aria-busy", String(value));
    refresh();
  }
}

// A name must not turn the line around or hide its end: marks that print nothing are shown as a box.
function visible(name) {
  return name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\u25a1");
}

function errorList(found, id) {
  const list = Object.assign(document.createElement("ul"), { className: "errorlist", id });
  list.append(...found.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
  return list;
}

function describe(control, id, wanted) {
  const ids = (control.getAttribute("aria-describedby") ?? "").split(" ").filter((one) => one && one !== id);
  if (wanted) ids.push(id);
  if (ids.length) control.setAttribute("aria-describedby", ids.join(" "));
  else control.removeAttribute("aria-describedby");
}

function sizeLabel(bytes, units) {
  const names = units.split(" ");
  let size = bytes;
  let step = 0;
  for (; size >= 1024 && step < names.length - 1; step += 1) size /= 1024;
  return `${step ? size.toFixed(1) : size} ${names[step]}`;
}
