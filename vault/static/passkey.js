// Asks the device for a passkey and puts its answer into the form. The button stays hidden where a browser has none.
const button = document.querySelector("[data-passkey]");
const told = document.getElementById("passkey-options");
if (button && told && window.PublicKeyCredential) start(button, JSON.parse(told.textContent).publicKey);

function start(button, options) {
  const form = button.form;
  const failed = form.querySelector("[data-passkey-failed]");
  button.hidden = false;
  document.querySelector("[data-passkey-missing]")?.setAttribute("hidden", "");
  button.addEventListener("click", async () => {
    const name = form.querySelector("[name=name]");
    if (name && !name.value.trim()) return name.focus();
    failed.hidden = true;
    button.disabled = true;
    try {
      const answer = await ask(button.dataset.passkey, options);
      document.getElementById(button.dataset.answer).value = JSON.stringify(answer);
      form.submit();
    } catch {
      failed.hidden = false;
      button.disabled = false;
    }
  });
  form.addEventListener("submit", (event) => {
    // Enter in the device's name makes the passkey, it does not send a form without one.
    if (button.dataset.passkey !== "create") return;
    event.preventDefault();
    button.click();
  });
}

async function ask(kind, options) {
  const publicKey = decoded(options);
  const made = await navigator.credentials[kind]({ publicKey });
  const response = { clientDataJSON: text(made.response.clientDataJSON) };
  if (kind === "create") {
    response.attestationObject = text(made.response.attestationObject);
  } else {
    response.authenticatorData = text(made.response.authenticatorData);
    response.signature = text(made.response.signature);
    if (made.response.userHandle) response.userHandle = text(made.response.userHandle);
  }
  return { id: made.id, rawId: text(made.rawId), type: made.type, response };
}

function decoded(options) {
  const found = { ...options, challenge: bytes(options.challenge) };
  if (options.user) found.user = { ...options.user, id: bytes(options.user.id) };
  for (const list of ["excludeCredentials", "allowCredentials"]) {
    if (options[list]) found[list] = options[list].map((one) => ({ ...one, id: bytes(one.id) }));
  }
  return found;
}

function bytes(encoded) {
  const plain = atob(encoded.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
}

function text(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
