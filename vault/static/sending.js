// What pages that upload share: posts answered in JSON, and raw PUTs with progress that survive a cut connection.
const WAITS = [1, 3, 9]; // seconds before the second, third and fourth attempt
const PASSING = new Set([0, 502, 503, 504]); // answers that another attempt may change

export function createSender(token) {
  async function post(url, data) {
    try {
      const response = await fetch(url, {
        method: "POST",
        // A form goes as a form, anything else as JSON.
        headers: {
          Accept: "application/json",
          "X-CSRFToken": token,
          ...(data instanceof URLSearchParams ? {} : { "Content-Type": "application/json" }),
        },
        body: data instanceof URLSearchParams ? data : JSON.stringify(data),
        credentials: "same-origin",
      });
      return { ok: response.ok, status: response.status, body: parse(await response.text()) };
    } catch {
      return { ok: false, status: 0, body: null };
    }
  }

  // Resolves to {ok, status, body, cut}; cut means that every attempt failed in a way that may pass.
  async function put(url, file, hooks) {
    for (let attempt = 0; ; attempt += 1) {
      const answer = await putOnce(url, file, hooks);
      if (answer.aborted || answer.body?.state || !PASSING.has(answer.status)) return answer;
      if (attempt >= WAITS.length) return { ...answer, cut: true };
      hooks.onWait(WAITS[attempt]);
      await new Promise((resolve) => setTimeout(resolve, WAITS[attempt] * 1000));
      if (!hooks.isWanted()) return { ...answer, aborted: true };
    }
  }

  function putOnce(url, file, { onAbort, onProgress }) {
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      const end = (extra = {}) =>
        resolve({
          ok: request.status >= 200 && request.status < 300,
          status: request.status,
          body: parse(request.responseText),
          ...extra,
        });
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) onProgress(event.loaded / event.total);
      });
      request.addEventListener("load", () => end());
      request.addEventListener("error", () => end());
      request.addEventListener("abort", () => end({ aborted: true }));
      onAbort(() => request.abort());
      request.open("PUT", url);
      request.setRequestHeader("Content-Type", "application/octet-stream");
      request.setRequestHeader("Accept", "application/json");
      request.setRequestHeader("X-File-Name", encodeName(file.name));
      request.setRequestHeader("X-CSRFToken", token);
      request.send(file);
    });
  }

  // A file taken off the list is not kept; if this call is lost, the session's end removes it.
  function drop(url) {
    fetch(url, { method: "DELETE", headers: { "X-CSRFToken": token }, credentials: "same-origin" }).catch(() => {});
  }

  return { post, put, drop };
}

// The page's translated sentences, by name.
export function readTexts(id) {
  const marks = document.getElementById(id).content.querySelectorAll("[data-text]");
  return Object.fromEntries([...marks].map((mark) => [mark.dataset.text, mark.textContent]));
}

// Says in the page's words why an answer is no success.
export function explainer(texts) {
  return (answer) => {
    if (answer.body?.detail) return answer.body.detail;
    if (answer.body?.reasons?.length) return answer.body.reasons.join(" ");
    if (answer.status === 503) return texts.sealed;
    if (answer.status === 0) return texts.offline;
    if (answer.status === 413) return texts.large;
    return texts.failed.replace("{status}", answer.status);
  };
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

// Percent-encoded UTF-8; half a surrogate pair, which a file system may hold, would make the encoder throw.
function encodeName(name) {
  return encodeURIComponent(new TextDecoder().decode(new TextEncoder().encode(name)));
}
