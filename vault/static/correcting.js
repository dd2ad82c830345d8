// Correction: opens an upload session with the reason, sends the file as a raw body, then makes it the next version.
// Without this script the same form posts its file whole.
import { createSender, explainer, readTexts } from "./sending.js";

const form = document.querySelector("form[data-correction-url]");
if (form) start(form);

function start(form) {
  const texts = readTexts("correction-texts");
  const explain = explainer(texts);
  const sender = createSender(form.querySelector("[name=csrfmiddlewaretoken]").value);
  const input = form.querySelector("[name=file]");
  const progress = form.querySelector("[data-progress]");
  const status = form.querySelector("[data-status]");
  let busy = false;

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    form.setAttribute("aria-busy", "true");
    try {
      await proceed();
    } finally {
      busy = false;
      form.removeAttribute("aria-busy");
      progress.hidden = true;
    }
  });

  async function proceed() {
    const [file] = input.files;
    blame("file", file ? "" : texts.none);
    if (!file) return input.focus();
    const reason = form.querySelector("[name=reason]");
    const opened = await sender.post(form.dataset.correctionUrl, new URLSearchParams({ reason: reason.value }));
    blame("reason", opened.body?.errors?.reason?.join(" ") ?? "");
    if (!opened.ok) return opened.body?.errors ? reason.focus() : say(explain(opened));
    progress.hidden = false;
    const sent = await sender.put(opened.body.put_url, file, {
      onAbort: () => {},
      onProgress: (share) => {
        progress.value = Math.round(share * 100);
        if (share === 1) say(texts.checking);
      },
      isWanted: () => true,
      onWait: (seconds) => say(texts.retrying.replace("{seconds}", seconds)),
    });
    if (sent.body?.state !== "accepted") {
      blame("file", explain(sent));
      return input.focus();
    }
    const done = await sender.post(opened.body.finish_url, {});
    if (!done.ok) return say(explain(done));
    location.assign(done.body.location);
  }

  // What is wrong stands at its field; nothing takes it away again.
  function blame(name, text) {
    const field = form.querySelector(`[data-field=${name}]`);
    const list = Object.assign(document.createElement("ul"), { className: "errorlist" });
    if (text) list.append(Object.assign(document.createElement("li"), { textContent: text }));
    field.classList.toggle("wrong", Boolean(text));
    const slot = field.querySelector("[data-errors]");
    slot.setAttribute("role", "alert");
    slot.replaceChildren(...(text ? [list] : []));
  }

  function say(text) {
    status.textContent = text;
  }
}
